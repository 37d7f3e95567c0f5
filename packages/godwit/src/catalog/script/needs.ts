/**
 * Which part needs which other one to be there: `id` and `needs`, as the part queries number them. From the server's own notes,
 * what belongs to a part (the row type of a table, the default of a column, the index of a key) counted as that part.
 */
export const needsQuery = `WITH part (classid, objid, id) AS (
    SELECT 'pg_class'::regclass, c.oid, CASE c.relkind
      WHEN 'i' THEN coalesce((SELECT 'constraint ' || x.oid FROM pg_constraint x WHERE x.conindid = c.oid AND x.contype IN ('p', 'u', 'x')),
        'index ' || c.oid)
      WHEN 'S' THEN 'relation ' || coalesce((SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'), c.oid)
      WHEN 'c' THEN 'type ' || c.reltype
      ELSE 'relation ' || c.oid END
    FROM pg_class c WHERE c.oid >= 16384
  UNION ALL
    SELECT 'pg_type'::regclass, t.oid, CASE WHEN c.relkind <> 'c' THEN 'relation ' || c.oid ELSE 'type ' || e.oid END
    FROM pg_type t JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
      LEFT JOIN pg_class c ON c.oid = e.typrelid WHERE t.oid >= 16384
  UNION ALL SELECT 'pg_attrdef'::regclass, oid, 'relation ' || adrelid FROM pg_attrdef
  UNION ALL SELECT 'pg_rewrite'::regclass, oid, 'relation ' || ev_class FROM pg_rewrite WHERE oid >= 16384
  UNION ALL SELECT 'pg_constraint'::regclass, oid, CASE WHEN contypid <> 0 THEN 'type ' || contypid
      WHEN contype IN ('p', 'u', 'c', 'f', 'x') THEN 'constraint ' || oid
      WHEN contype = 't' THEN (SELECT 'trigger ' || t.oid FROM pg_trigger t WHERE t.tgconstraint = x.oid LIMIT 1) ELSE 'relation ' || conrelid END
    FROM pg_constraint x WHERE oid >= 16384
  UNION ALL SELECT 'pg_trigger'::regclass, oid, 'trigger ' || oid FROM pg_trigger
  UNION ALL SELECT 'pg_proc'::regclass, oid, 'routine ' || oid FROM pg_proc WHERE oid >= 16384
)
SELECT DISTINCT one.id, other.id AS needs FROM pg_depend d
  JOIN part one ON one.classid = d.classid AND one.objid = d.objid
  JOIN part other ON other.classid = d.refclassid AND other.objid = d.refobjid
WHERE one.id <> other.id AND d.deptype IN ('n', 'a', 'i')
  AND NOT (d.deptype = 'a' AND EXISTS (SELECT FROM pg_class s WHERE d.classid = 'pg_class'::regclass AND s.oid = d.objid AND s.relkind = 'S'))`
