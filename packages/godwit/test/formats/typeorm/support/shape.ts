import type { TestDatabase } from '../../../support/database.js'

/** Everything the catalogue says about a table's make: columns, defaults, constraints, indexes, sequences. */
export async function shapeOf(database: TestDatabase, table: string): Promise<unknown> {
  return database.query(
    `select
       (select json_agg(json_build_array(attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
          pg_get_expr(d.adbin, d.adrelid)) order by attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       (select json_agg(json_build_array(conname, contype, pg_get_constraintdef(oid)) order by conname)
        from pg_constraint where conrelid = c.oid) as constraints,
       (select json_agg(pg_get_indexdef(indexrelid) order by indexrelid::regclass::text)
        from pg_index where indrelid = c.oid) as indexes,
       pg_get_serial_sequence($1, 'id') as sequence
     from pg_class c where c.oid = $1::regclass`,
    [table],
  )
}
