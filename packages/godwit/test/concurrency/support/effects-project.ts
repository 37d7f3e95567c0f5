import { writeFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { type Outcome, type Running, start } from '../../cli/run-cli.js'
import { scratchFolder } from '../../formats/scratch-folder.js'

// Not every package lets its package.json be resolved.
const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))

export const formats = ['sql', 'node-pg-migrate', 'typeorm', 'prisma'] as const
export type FormatName = (typeof formats)[number]

/** By name, the SQL that a step runs behind its row in `effects`; it may begin with a line `-- godwit: …`. */
export type Steps = Record<string, string>

/** Migrations that each leave one row in `effects`, which has no unique key: one that ran twice shows. */
export interface EffectsProject {
  folder: string
  up: (...flags: string[]) => Promise<Outcome>
  start: (...args: string[]) => Running
  /** Writes a step anew. */
  rewrite: (name: string, sql: string) => void
  /** The names in `effects`, in order; empty where the table is not there. */
  effects: () => Promise<string[]>
  /** The names that the format's history has as applied, in order; empty where the table is not there. */
  history: () => Promise<string[]>
  query: <Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string) => Promise<Row[]>
}

const histories: Record<FormatName, { table: string; column: string; where?: string }> = {
  sql: { table: 'godwit_migrations', column: 'name' },
  'node-pg-migrate': { table: 'pgmigrations', column: 'name' },
  typeorm: { table: 'migrations', column: 'name' },
  prisma: { table: '_prisma_migrations', column: 'migration_name', where: 'rolled_back_at is null' },
}

/**
 * Makes a project in a folder of its own.
 *
 * @param steps by name, `m1`, `m2` …; the first one makes `effects`
 * @param peer the package that is installed as the format's own tool
 */
export async function effectsProject(
  format: FormatName,
  url: string,
  steps: Steps,
  peer: string = format,
): Promise<EffectsProject> {
  const names = Object.keys(steps)
  const file = (name: string, sql: string) => {
    const index = names.indexOf(name)
    return fileOf(format, index, name, [
      ...(index === 0 ? ['create table effects (name text)'] : []),
      `insert into effects values ('${name}')`,
      ...(sql === '' ? [] : [sql]),
    ])
  }
  const typeorm = format === 'typeorm' ? { typeorm: { dataSource: 'data-source.js' } } : {}
  const folder = await scratchFolder({
    'package.json': '{ "name": "shop" }',
    'godwit.config.json': JSON.stringify({ format, ...(format === 'typeorm' ? typeorm : { database: url }) }),
    'node_modules/': '',
    ...(format === 'typeorm' ? { 'data-source.js': dataSource(url) } : {}),
    ...(format === 'prisma' ? { 'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n' } : {}),
    ...Object.fromEntries(names.map((name) => file(name, steps[name] ?? ''))),
  })
  for (const [name, installed] of format === 'typeorm'
    ? ([
        ['typeorm', peer],
        ['pg', 'pg'],
        ['reflect-metadata', 'reflect-metadata'],
      ] as const)
    : format === 'node-pg-migrate'
      ? ([
          ['node-pg-migrate', peer],
          ['pg', 'pg'],
        ] as const)
      : [])
    await symlink(packageFolder(installed), join(folder, 'node_modules', name), 'dir')
  const query = <Row extends pg.QueryResultRow>(text: string) => queryOn<Row>(url, text)
  const history = histories[format]
  const namesIn = async (table: string, column: string, where = 'true'): Promise<string[]> => {
    const [there] = await query<{ is: boolean }>(`select to_regclass('${table}') is not null as is`)
    if (!there?.is) return []
    return (await query<{ name: string }>(`select ${column} as name from ${table} where ${where} order by 1`)).map(
      ({ name }) => name,
    )
  }
  return {
    folder,
    query,
    rewrite: (name, sql) => {
      const [path, text] = file(name, sql)
      writeFileSync(join(folder, path), text)
    },
    start: (...args) => start(folder, {}, args),
    up: (...flags) => start(folder, {}, ['up', ...flags]).ended,
    effects: () => namesIn('effects', 'name'),
    history: () => namesIn(history.table, history.column, history.where),
  }
}

/** `count` steps that do nothing but leave their row. */
export function plainSteps(count: number): Steps {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index + 1}`, '']))
}

/** Where the workspace has a package. */
export function packageFolder(name: string): string {
  return join(modules, name)
}

/** Runs one query on a connection of its own. */
export async function queryOn<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

function fileOf(format: FormatName, index: number, name: string, statements: string[]): [path: string, text: string] {
  const number = 1_700_000_000_000 + index
  const calls = (call: string) => statements.map((sql) => `${call}(${JSON.stringify(sql)})`)
  // What says how a file is run stands at its beginning.
  const header = /^-- godwit: .*\n/.exec(statements.at(-1) ?? '')?.[0] ?? ''
  if (format === 'sql')
    return [`migrations/${index + 1}_${name}.sql`, `${header}${statements.join(';\n').replace(header, '')};\n`]
  if (format === 'prisma') return [`prisma/migrations/${number}_${name}/migration.sql`, `${statements.join(';\n')};\n`]
  if (format === 'node-pg-migrate')
    return [`migrations/${number}_${name}.js`, `exports.up = (pgm) => { ${calls('pgm.sql').join('; ')} }\n`]
  const className = `${name}${number}`
  const body = calls('await runner.query').join('; ')
  const way = `async up(runner) { ${body} }\n  async down() {}`
  return [`migrations/${number}-${name}.js`, `exports.${className} = class ${className} {\n  ${way}\n}\n`]
}

function dataSource(url: string): string {
  return `const { DataSource } = require('typeorm')
module.exports = new DataSource({ type: 'postgres', url: '${url}', migrations: [__dirname + '/migrations/*.js'] })
`
}
