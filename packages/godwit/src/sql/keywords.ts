/** Key words of PostgreSQL 18 by what they cannot be without quotes: `pg_get_keywords()`, held against a server by a test. */

const reserved =
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create ' +
  'current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc ' +
  'distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral ' +
  'leading limit localtime localtimestamp not null offset on only or order placing primary references returning select ' +
  'session_user some symmetric system_user table then to trailing true union unique user using variadic when where ' +
  'window with'

const functionsOrTypes =
  'authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like ' +
  'natural notnull outer overlaps right similar tablesample verbose'

// The lexer joins them with the word that follows: `format json`, `nulls first`, `without time`.
const joined = 'format nulls uescape without'

const columns =
  'between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int ' +
  'integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar ' +
  'json_serialize json_table json_value least merge_action national nchar none normalize nullif numeric out overlay ' +
  'position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat ' +
  'xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable'

/** What no table, column or constraint is called without quotes, or only in some places. */
export const notNames: ReadonlySet<string> = new Set(`${reserved} ${functionsOrTypes} ${joined}`.split(' '))

/** The same, and what has a meaning of its own in an expression and where a type is named. */
export const notOperands: ReadonlySet<string> = new Set([...notNames, ...columns.split(' ')])
