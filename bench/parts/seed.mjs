import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { onPath, runProgram } from '../process.mjs'
import { godwitCli, packageFolder } from '../tools.mjs'
import { schema, writeSeeds } from '../write-seeds.mjs'

const own = (name) => new URL(`../programs/${name}`, import.meta.url).pathname
/** Peers get a tenth of the rows, and their time counts ten times. */
const PEER_SHARE = 10

/**
 * A million rows made in TypeScript beside psql's `\copy` of the same rows from a file into the same empty table: into an
 * empty table, again with all of them there, and with half of them there; ten times as many for the memory; peers.
 */
export async function seedPairs({ databases, work, rows, noPeers }) {
  const project = work.project('seeds', writeSeeds)
  const file = join(project, 'rows.txt')
  await writeRows(file, rows)
  const psql = onPath('psql')
  const floor = psql === undefined ? 'bare pg-copy-streams' : 'psql \\copy'
  const floorProgram = async () => {
    const url = await withTable(databases, 0)
    const env = { DATABASE_URL: url, BENCH_FILE: file }
    return psql === undefined
      ? { argv: [process.execPath, own('seed-bare.cjs')], cwd: project, env }
      : { argv: [psql, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', `\\copy users from ${file}`, url], cwd: project }
  }
  // Its TypeScript is compiled once, and for that alone the compiler is loaded.
  await runProgram({
    argv: [process.execPath, godwitCli, 'seed', '--list'],
    cwd: project,
    env: { DATABASE_URL: await withTable(databases, 0), BENCH_ROWS: '0' },
  })
  const godwit = (there, count) => async () => ({
    argv: [process.execPath, godwitCli, 'seed'],
    cwd: project,
    env: { DATABASE_URL: await withTable(databases, there), BENCH_ROWS: String(count) },
  })
  const pairs = [
    { name: 'godwit, an empty table', target: 1.1, peakTarget: 100, program: godwit(0, rows) },
    { name: 'godwit, all rows are there', target: 2, peakTarget: 100, program: godwit(rows, rows) },
    { name: 'godwit, half of them are there', target: 2, peakTarget: 100, program: godwit(rows / 2, rows) },
    { name: 'godwit, ten times the rows', peakTarget: 100, program: godwit(0, rows * 10) },
    ...(noPeers ? [] : await peers({ databases, project, rows: Math.ceil(rows / PEER_SHARE) })),
  ]
  return pairs.map((pair) => ({ ...pair, floor, floorProgram }))
}

async function peers({ databases, project, rows }) {
  // Prisma's own engine would be downloaded for this; Godwit's program does what is asked of it.
  await runProgram({
    argv: [process.execPath, join(packageFolder('prisma'), 'build/index.js'), 'generate'],
    cwd: project,
    env: { PRISMA_SCHEMA_ENGINE_BINARY: join(packageFolder('godwit'), 'dist/schema-engine.js') },
  })
  const peer = (name, program) => ({
    name: `${name} (1/${PEER_SHARE} of the rows, time × ${PEER_SHARE})`,
    scale: PEER_SHARE,
    program: async () => ({
      argv: [process.execPath, own(program)],
      cwd: project,
      env: { DATABASE_URL: await withTable(databases, 0), BENCH_ROWS: String(rows) },
    }),
  })
  return [
    peer('typeorm repository.insert, 1,000 at once', 'seed-typeorm.cjs'),
    peer('prisma createMany, 1,000 at once', 'seed-prisma.cjs'),
  ]
}

/** A database with the table, and the first rows of the seed in it. */
async function withTable(databases, rows) {
  const url = await databases.next()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(schema)
  if (rows > 0)
    await client.query(
      `INSERT INTO users SELECT id, 'user' || id || '@example.com', 'User number ' || id, to_timestamp(1700000000 + id) FROM generate_series(1, ${rows}) AS id`,
    )
  if (rows > 0) await client.query('VACUUM ANALYZE users')
  await client.query('CHECKPOINT')
  await client.end()
  return url
}

async function writeRows(file, rows) {
  const out = createWriteStream(file)
  for (let id = 1; id <= rows; ) {
    let piece = ''
    for (; id <= rows && piece.length < 65_536; id++)
      piece += `${id}\tuser${id}@example.com\tUser number ${id}\t${new Date(1_700_000_000_000 + id * 1000).toISOString()}\n`
    if (!out.write(piece)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}
