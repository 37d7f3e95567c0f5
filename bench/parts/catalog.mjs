import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'
import pg from 'pg'
import { onPath } from '../process.mjs'
import { startServer } from '../server.mjs'

const source = new URL('../../packages/godwit/src/catalog/read.ts', import.meta.url).pathname

/** The whole catalogue of so many tables, beside `pg_dump --schema-only`. */
export async function catalogPairs({ server, databases, work, count, atEnd }) {
  const pgDump = onPath('pg_dump')
  if (pgDump === undefined) return []
  // It refuses a server that is newer than itself.
  const major = Number(/\d+/.exec(execFileSync(pgDump, ['--version'], { encoding: 'utf8' }))?.[0])
  const older = major < Number.parseInt(server.version, 10)
  const from = older ? await startServer(15) : server
  if (older) atEnd(() => from.stop())
  const url = older ? await from.create('catalog') : await databases.next()
  await fill(url, count)
  const read = join(work.folder, 'read-catalog.mjs')
  await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg'],
    outfile: read,
    logLevel: 'error',
  })
  return [
    {
      name: 'reading the catalogue',
      floor: `pg_dump ${major} --schema-only`,
      target: 1,
      program: () => ({ argv: [process.execPath, read], env: { DATABASE_URL: url } }),
      floorProgram: () => ({ argv: [pgDump, '--schema-only', '--file=/dev/null', url] }),
    },
  ]
}

const program = `import pg from 'pg'
import { readCatalog } from '${source}'
const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
const catalog = await readCatalog(client)
await client.end()
if (catalog.size < 1000) throw new Error('read ' + catalog.size)
`

async function fill(url, count) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const columns = ['varchar(100)', 'integer', 'boolean default false', 'text', 'numeric', 'timestamptz', 'jsonb']
  const statements = Array.from({ length: count }, (_, n) => {
    const more = columns.map((type, i) => `c${i} ${type}`).join(', ')
    const parent = n === 0 ? 'parent integer' : `parent integer references table_${n - 1} on delete cascade`
    return `create table table_${n} (id serial primary key, ${more}, a integer not null, ${parent});
      create index on table_${n} (a); create unique index on table_${n} (c0)`
  })
  for (const statement of statements) await client.query(statement)
  await client.end()
}
