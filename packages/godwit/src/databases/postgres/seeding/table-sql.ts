/** Tables by the names `$1`: what seeding needs to know of each. The one on the search path comes last, and so counts. */
export const TABLES = `SELECT w.name AS asked, c.oid::int8 AS oid, n.nspname AS schema, c.relname AS bare, c.relkind = 'p' AS partitioned, pg_table_is_visible(c.oid) AS visible,
  (SELECT jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'base', x.typname, 'array', b.typcategory = 'A' AND b.typelem <> 0,
      'comparable', NOT EXISTS (SELECT FROM pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic) AND (x.typtype = 'e' OR x.typname <> 'json' AND x.typnamespace = 'pg_catalog'::regnamespace AND EXISTS (
        SELECT FROM pg_opclass o JOIN pg_am am ON am.oid = o.opcmethod WHERE am.amname = 'btree' AND o.opcdefault
        AND o.opcintype = (CASE WHEN x.typname = 'varchar' THEN 'text'::regtype WHEN x.typtype = 'r' THEN 'anyrange'::regtype ELSE x.oid END))),
      'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'default' END,
      'generated', a.attgenerated <> '',
      'sequence', (SELECT jsonb_build_object('sql', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname), 'descending', s.seqincrement < 0,
          'allowed', has_sequence_privilege(s.seqrelid, 'SELECT') AND has_sequence_privilege(s.seqrelid, 'UPDATE'))
        FROM pg_sequence s WHERE s.seqrelid = pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname)::regclass)) ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
      JOIN pg_type e ON e.oid = CASE WHEN b.typcategory = 'A' AND b.typelem <> 0 THEN b.typelem ELSE b.oid END
      JOIN pg_type x ON x.oid = CASE WHEN e.typtype = 'd' THEN e.typbasetype ELSE e.oid END
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT coalesce(jsonb_agg(u.columns), '[]') FROM (
    SELECT (SELECT jsonb_agg(DISTINCT a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
        AND (a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
          AND d.objid = i.indexrelid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND i.indexprs IS NOT NULL))) AS columns
    FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL) u) AS "unique",
  (SELECT coalesce(jsonb_agg(DISTINCT CASE WHEN pg_table_is_visible(f.oid) THEN f.relname ELSE fn.nspname || '.' || f.relname END), '[]')
    FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
    WHERE k.conrelid = c.oid AND k.contype = 'f') AS "references",
  NOT row_security_active(c.oid)
    AND NOT EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.ev_type = '3')
    AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid IN (SELECT c.oid UNION SELECT p.relid FROM pg_partition_tree(c.oid) p)
      AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgtype::int & 7 = 7)
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = c.oid) AS plain,
  EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.condeferrable)
    OR EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgdeferrable) AS deferrable
FROM unnest($1::text[]) AS w (name)
JOIN pg_class c ON c.relkind IN ('r', 'p') JOIN pg_namespace n ON n.oid = c.relnamespace
  AND (c.relname = w.name AND pg_table_is_visible(c.oid) OR n.nspname || '.' || c.relname = w.name)
ORDER BY c.relname = w.name`
