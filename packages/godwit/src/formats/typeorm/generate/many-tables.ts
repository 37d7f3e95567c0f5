import type { KeptAnswers, RowsAbout } from '../../../shadow/kept-answers.js'
import type { QueryRunner, SchemaBuilder, Table } from '../typeorm-shapes.js'

/** As many tables as TypeORM lays side by side quickly: what it does with them grows with their square. */
const AT_ONCE = 50

type Row = Record<string, unknown>
type Pairs = { from: number; to: number; columns: [string, string]; keys: string[] }

/**
 * Lets a query runner read many tables as fast as few: the server is asked once for all, by a list that it can look up, and
 * TypeORM gets the answers for some tables at a time.
 *
 * @param kept answers that are known
 */
export function readingManyTables(runner: QueryRunner, kept: KeptAnswers): void {
  const { loadTables, query } = runner
  runner.loadTables = async (names) => {
    const parts = chunks(names ?? [])
    if (names === undefined || parts.length <= 1) return loadTables.call(runner, names)
    if (names.length <= AT_ONCE) return inTurn(parts, (some) => loadTables.call(runner, some))
    const answers = new Map<string, Promise<RowsAbout>>()
    const all = new Set<string>()
    const ask = askedOnce(query.bind(runner)) as (text: string, ...more: unknown[]) => Promise<Row[]>
    // The first round only tells which tables are asked for, as TypeORM writes their names.
    runner.query = async (text, ...more) => {
      const pairs = pairsIn(String(text))
      if (pairs === undefined) return ask(String(text), ...more)
      for (const key of pairs.keys) all.add(key)
      return []
    }
    try {
      await inTurn(parts, (some) => loadTables.call(runner, some))
      runner.query = async (text, ...more) => {
        const pairs = pairsIn(String(text))
        if (pairs === undefined) return ask(String(text), ...more)
        const { from, to, columns, keys } = pairs
        const [before, behind] = [withoutUnread(String(text).slice(0, from)), String(text).slice(to)]
        const question = `${before}…${behind}`
        const askFor = (some: ReadonlySet<string>) => ask(`${before}${listOf(columns, some)}${behind}`).then(byTable)
        const answer = answers.get(question) ?? kept.about(question, all, askFor)
        answers.set(question, answer)
        const rows = await answer
        return keys.flatMap((key) => rows.get(key) ?? [])
      }
      return lookedUpInTurn(await inTurn(parts, (some) => loadTables.call(runner, some)))
    } finally {
      runner.query = query
    }
  }
}

// Where it is, and what it can do: TypeORM asks the server anew for each of the parts.
function askedOnce(query: QueryRunner['query']): QueryRunner['query'] {
  const answers = new Map<string, Promise<unknown>>()
  return (...given) => {
    const question = JSON.stringify(given)
    const answer = answers.get(question) ?? query(...given)
    answers.set(question, answer)
    return answer
  }
}

// TypeORM goes through its entities step by step, in the order in which their tables were read, and looks for the table of each among
// all. So each is looked for from where the last one was; there is only one of a name.
function lookedUpInTurn(tables: Table[]): Table[] {
  let last = 0
  const find: typeof tables.find = (isMeant: (table: Table, at: number, all: Table[]) => unknown) => {
    for (let n = 0; n < tables.length; n++) {
      const at = (last + n) % tables.length
      const table = tables[at] as Table
      if (!isMeant(table, at, tables)) continue
      last = at
      return table
    }
    return undefined
  }
  return Object.defineProperty(tables, 'find', { value: find })
}

/** Spares a schema builder to work out the path of a table each time it looks for one. */
export function rememberingPaths(builder: SchemaBuilder): void {
  const path = Symbol('path')
  const work = builder.getTablePath
  // As a property: it is asked for some million times.
  builder.getTablePath = (target: { [path]?: string }) => {
    target[path] ??= work.call(builder, target)
    return target[path]
  }
}

const one = /\(("[\w".]+") = '((?:[^']|'')*)' AND ("[\w".]+") = '((?:[^']|'')*)'\)/g

// `("table_schema" = 'public' AND "table_name" = 'a') OR (…) OR …`, as TypeORM writes which tables it means.
function pairsIn(text: string): Pairs | undefined {
  const found = [...text.matchAll(one)]
  const [first, last] = [found[0], found.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const columns: [string, string] = [first[1] as string, first[3] as string]
  const keys = found.map((match) => `${match[2]}\0${match[4]}`)
  return { from: first.index, to: last.index + last[0].length, columns, keys }
}

function listOf([schema, name]: [string, string], keys: ReadonlySet<string>): string {
  const values = [...keys].map(
    (key) =>
      `(${key
        .split('\0')
        .map((part) => `'${part}'`)
        .join(', ')})`,
  )
  return `(${schema}::text, ${name}::text) IN (VALUES ${values.join(', ')})`
}

// Of the 44 columns that this view has for each column of a table, what both versions of TypeORM look at.
const READ = (
  'table_schema table_name column_name ordinal_position column_default is_nullable data_type character_maximum_length ' +
  'numeric_precision numeric_scale datetime_precision character_set_name collation_name udt_schema udt_name is_identity ' +
  'identity_generation is_generated generation_expression'
).split(' ')

function withoutUnread(text: string): string {
  return text.replace('SELECT columns.*', `SELECT ${READ.map((name) => `columns.${name}`).join(', ')}`)
}

function byTable(rows: readonly Row[]): Map<string, Row[]> {
  const tables = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${row.table_schema}\0${row.table_name}`
    const others = tables.get(key)
    if (others === undefined) tables.set(key, [row])
    else others.push(row)
  }
  return tables
}

// A schema at a time: TypeORM takes foreign keys for one that have a name in common, as those of two tables of one name have.
function chunks(names: readonly string[]): string[][] {
  const bySchema = new Map<string, string[]>()
  for (const name of names) {
    const schema = name.slice(0, Math.max(0, name.lastIndexOf('.')))
    const others = bySchema.get(schema)
    if (others === undefined) bySchema.set(schema, [name])
    else others.push(name)
  }
  return [...bySchema.values()].flatMap((some) => {
    const parts: string[][] = []
    for (let i = 0; i < some.length; i += AT_ONCE) parts.push(some.slice(i, i + AT_ONCE))
    return parts
  })
}

async function inTurn(parts: readonly string[][], load: (some: string[]) => Promise<Table[]>): Promise<Table[]> {
  const tables: Table[] = []
  for (const some of parts) tables.push(...(await load(some)))
  return tables
}
