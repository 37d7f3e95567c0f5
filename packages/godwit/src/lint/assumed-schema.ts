import { Schema } from '../impact/schema.js'
import { survey } from '../sql/survey.js'
import type { LintedMigration } from './migration.js'
import type { LintOptions } from './options.js'

// Functions of PostgreSQL that give the same for every row of one statement and stand in defaults.
const stable = new Set(
  (
    'now transaction_timestamp statement_timestamp current_setting current_database current_schema current_user session_user ' +
    'lower upper initcap trim btrim ltrim rtrim length char_length octet_length md5 sha224 sha256 sha384 sha512 encode decode ' +
    'concat concat_ws format replace translate substr substring left right lpad rpad repeat reverse split_part strpos position ' +
    'overlay to_char to_timestamp to_date to_number to_hex date_trunc date_part date_bin extract make_date make_time ' +
    'make_timestamp make_timestamptz make_interval timezone age justify_days justify_hours justify_interval json_build_object ' +
    'jsonb_build_object json_build_array jsonb_build_array json_object jsonb_object to_json to_jsonb row_to_json array_to_json ' +
    'jsonb_set array_append array_prepend array_cat array_fill array_length array_remove array_to_string string_to_array ' +
    'cardinality abs ceil ceiling floor round trunc mod power sqrt sign div pi exp ln log int4range int8range numrange tsrange ' +
    'tstzrange daterange to_tsvector to_tsquery plainto_tsquery point box circle polygon lseg path quote_literal quote_ident ' +
    'quote_nullable regexp_replace regexp_match ascii chr hashtext bit_length inet_client_addr host network masklen uuid_nil ' +
    'uuid_ns_dns uuid_ns_url uuid_ns_oid uuid_ns_x500'
  ).split(' '),
)

/**
 * The schema of a database that nobody was asked about: empty. What people's own functions do is not known, so they count as
 * volatile, as they are unless they say otherwise.
 */
export function assumedSchema(migrations: readonly LintedMigration[], { major }: LintOptions): Schema {
  const called = migrations.flatMap(({ statements }) =>
    statements.flatMap(({ tree }) => (tree ? survey(tree).functions : [])),
  )
  return new Schema({
    major,
    searchPath: ['public'],
    utc: false,
    relations: [],
    types: [],
    volatile: [...new Set(called)].filter((name) => !stable.has(name)),
    statistics: [],
  })
}

/** From here on everything of the schema counts as there and in use. */
export function settle(schema: Schema): void {
  for (const relation of schema.relations) {
    relation.now ??= { schema: relation.schema, name: relation.name }
    relation.rows = null
    relation.touched = true
  }
}
