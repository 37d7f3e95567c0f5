import { notOfExtension, PEOPLES } from '../queries.js'

const inSchema = (kind: string, catalog: string, name: string, namespace: string, where = 'true') =>
  `SELECT '${kind} ' || quote_ident(n.nspname) || '.' || quote_ident(o.${name}) AS what, n.nspname AS schema,
     ${catalog === 'pg_class' ? 'o.oid' : 'NULL::oid'} AS about
   FROM ${catalog} o JOIN pg_namespace n ON n.oid = o.${namespace}
   WHERE ${PEOPLES} AND ${notOfExtension(catalog, 'o.oid')} AND (${where})`

const onTable = (kind: string, catalog: string, name: string, table: string, where = 'true') =>
  `SELECT '${kind} ' || quote_ident(o.${name}) || ' on ' || c.oid::regclass, n.nspname, c.oid
   FROM ${catalog} o JOIN pg_class c ON c.oid = o.${table} JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${PEOPLES} AND ${notOfExtension('pg_class', 'c.oid')} AND (${where})`

const ofDatabase = (kind: string, catalog: string, name: string, where = 'true') =>
  `SELECT '${kind} ' || quote_ident(o.${name}::text), NULL, NULL::oid FROM ${catalog} o
   WHERE o.oid >= 16384 AND ${notOfExtension(catalog, 'o.oid')} AND (${where})`

const inherits = `EXISTS (SELECT FROM pg_inherits i WHERE o.oid IN (i.inhrelid, i.inhparent)) AND o.relkind = 'r' AND NOT o.relispartition`

/** What no statement is written for: `what`, by kind and name, `schema` and `about`, the relation that it belongs to. A database with any of it is refused. */
export const unwritableQuery = [
  inSchema('partitioned table', 'pg_class', 'relname', 'relnamespace', `o.relkind = 'p'`),
  inSchema('partition', 'pg_class', 'relname', 'relnamespace', `o.relispartition AND o.relkind = 'r'`),
  inSchema('foreign table', 'pg_class', 'relname', 'relnamespace', `o.relkind = 'f'`),
  inSchema('inheritance of', 'pg_class', 'relname', 'relnamespace', inherits),
  inSchema('row security on', 'pg_class', 'relname', 'relnamespace', 'o.relrowsecurity'),
  inSchema('typed table', 'pg_class', 'relname', 'relnamespace', 'o.reloftype <> 0'),
  inSchema('tablespace of', 'pg_class', 'relname', 'relnamespace', 'o.reltablespace <> 0'),
  inSchema(
    'storage method of',
    'pg_class',
    'relname',
    'relnamespace',
    `o.relkind IN ('r', 'm') AND o.relam <> (SELECT oid FROM pg_am WHERE amname = 'heap')`,
  ),
  inSchema(
    'unlogged sequence',
    'pg_class',
    'relname',
    'relnamespace',
    `o.relkind = 'S' AND o.relpersistence = 'u' AND NOT EXISTS (
    SELECT FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid WHERE d.objid = o.oid AND d.deptype IN ('a', 'i') AND t.relpersistence = 'u')`,
  ),
  inSchema('range type', 'pg_type', 'typname', 'typnamespace', `o.typtype = 'r'`),
  inSchema('base type', 'pg_type', 'typname', 'typnamespace', `o.typtype IN ('b', 'p') AND o.typelem = 0`),
  inSchema('aggregate', 'pg_proc', 'proname', 'pronamespace', `o.prokind = 'a'`),
  inSchema('operator', 'pg_operator', 'oprname', 'oprnamespace'),
  inSchema('operator class', 'pg_opclass', 'opcname', 'opcnamespace'),
  inSchema('operator family', 'pg_opfamily', 'opfname', 'opfnamespace'),
  inSchema('collation', 'pg_collation', 'collname', 'collnamespace'),
  inSchema('conversion', 'pg_conversion', 'conname', 'connamespace'),
  inSchema('statistics', 'pg_statistic_ext', 'stxname', 'stxnamespace'),
  inSchema('text search configuration', 'pg_ts_config', 'cfgname', 'cfgnamespace'),
  inSchema('text search dictionary', 'pg_ts_dict', 'dictname', 'dictnamespace'),
  inSchema('text search parser', 'pg_ts_parser', 'prsname', 'prsnamespace'),
  inSchema('text search template', 'pg_ts_template', 'tmplname', 'tmplnamespace'),
  onTable('policy', 'pg_policy', 'polname', 'polrelid'),
  onTable('rule', 'pg_rewrite', 'rulename', 'ev_class', `o.rulename <> '_RETURN'`),
  onTable('default of the view column', 'pg_attribute', 'attname', 'attrelid', `c.relkind = 'v' AND o.atthasdef`),
  `SELECT 'invalid index ' || o.indexrelid::regclass, n.nspname, c.oid FROM pg_index o JOIN pg_class c ON c.oid = o.indexrelid
   JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${PEOPLES} AND NOT o.indisvalid`,
  ofDatabase('event trigger', 'pg_event_trigger', 'evtname'),
  ofDatabase('publication', 'pg_publication', 'pubname'),
  ofDatabase('foreign data wrapper', 'pg_foreign_data_wrapper', 'fdwname'),
  ofDatabase('foreign server', 'pg_foreign_server', 'srvname'),
  ofDatabase('language', 'pg_language', 'lanname'),
  ofDatabase('access method', 'pg_am', 'amname'),
  `SELECT format('cast from %s to %s', format_type(o.castsource, NULL), format_type(o.casttarget, NULL)), NULL, NULL::oid FROM pg_cast o
   WHERE o.oid >= 16384 AND ${notOfExtension('pg_cast', 'o.oid')}
     AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass AND i.objid = o.oid AND i.deptype = 'i')`,
].join('\nUNION ALL\n')
