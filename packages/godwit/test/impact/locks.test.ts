import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readFacts } from '../../src/databases/postgres/facts/read-facts.js'
import { type LockMode, stronger } from '../../src/impact/lock-modes.js'
import { locksOf } from '../../src/impact/locks.js'
import { type Relation, Schema } from '../../src/impact/schema.js'
import { workOf } from '../../src/impact/work.js'
import { loadParser, parseStatement } from '../../src/sql/parser.js'
import { createDatabase } from '../support/database.js'
import { richSchema } from './rich-schema.js'
import { apart, statements } from './statements.js'

type Modes = Record<string, LockMode>

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

const nameOf = ({ schema, name }: Pick<Relation, 'schema' | 'name'>): string =>
  schema === 'public' ? name : `${schema}.${name}`

async function schemaOf(client: pg.Client): Promise<Schema> {
  return new Schema(await readFacts(client))
}

function treeOf(sql: string): NonNullable<ReturnType<typeof parseStatement>> {
  const tree = parseStatement(sql)
  if (tree === undefined) throw new Error(`not parsed: ${sql}`)
  return tree
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)))
}

function foreseen(sql: string, schema: Schema): Modes {
  return sorted(Object.fromEntries(locksOf(treeOf(sql), schema).map(({ relation, mode }) => [nameOf(relation), mode])))
}

/** What the session's own row of locks says about relations that were there before. */
const held = `SELECT l.relation::int AS oid, replace(l.mode, 'Lock', '') AS mode FROM pg_locks l
  WHERE l.pid = $1 AND l.locktype = 'relation' AND l.relation = ANY ($2::oid[])`

async function modesOf(client: pg.Client, pid: number, relations: readonly Found[]): Promise<Modes> {
  const modes: Modes = {}
  const { rows } = await client.query<{ oid: number; mode: LockMode }>(held, [pid, relations.map(({ oid }) => oid)])
  for (const { oid, mode } of rows) {
    const name = relations.find((each) => each.oid === oid)?.name ?? ''
    modes[name] = modes[name] === undefined ? mode : stronger(modes[name], mode)
  }
  return sorted(modes)
}

const relations = `SELECT c.oid::int AS oid, c.oid::regclass::text AS name, c.relkind, pg_relation_filenode(c.oid) AS file, pg_stat_get_xact_numscans(c.oid)::int AS scans
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'other') AND c.relkind IN ('r', 'p', 'm', 'v', 'i')`

// A query of rows reads them as it likes.
const reads = /^(?:SELECT|WITH|INSERT|UPDATE|DELETE|TRUNCATE|CREATE (?:TABLE t AS|MATERIALIZED)|REFRESH|COPY|ANALYZE)/

interface Found {
  oid: number
  name: string
  relkind: string
  file: number | null
  scans: number
}

describe.each([15, 18] as const)('PostgreSQL %i', (major) => {
  test('the locks and the rewrites that a statement makes are those foreseen', { timeout: 240_000 }, async () => {
    await loadParser()
    const { url } = await createDatabase(major)
    const client = await connect(url)
    await client.query(richSchema)
    await client.query(`SET timezone = 'Europe/Berlin'`)
    const { rows: before } = await client.query<Found>(relations)
    const tables = before.filter(({ relkind }) => relkind !== 'i')
    const pid = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid as number
    const schema = await schemaOf(client)
    const differences: unknown[] = []
    for (const each of statements) {
      const [from, sql] = typeof each === 'string' ? [14, each] : each
      if (from > major) continue
      await client.query('BEGIN')
      try {
        // Counted since the session began.
        const counted = new Map((await client.query<Found>(relations)).rows.map(({ oid, scans }) => [oid, scans]))
        await client.query(sql)
        const real = await modesOf(client, pid, tables)
        const { rows: after } = await client.query<Found>(relations)
        const expected = foreseen(sql, schema)
        if (JSON.stringify(real) !== JSON.stringify(expected)) differences.push({ sql, real, expected })
        const files = tables.filter(({ oid, file, relkind }) => {
          const now = after.find((a) => a.oid === oid)
          return relkind !== 'v' && relkind !== 'p' && now !== undefined && now.file !== file
        })
        const work = workOf(treeOf(sql), schema)
        const rewritten = work
          .filter(({ kind }) => kind === 'rewrites' || kind === 'empties')
          .map(({ relation }) => nameOf(relation))
        const realFiles = files.map(({ name }) => name).sort()
        if (JSON.stringify(realFiles) !== JSON.stringify(rewritten.sort()))
          differences.push({ sql, realFiles, rewritten })
        // Of heirs and partitions a pass over the parent counts, too.
        const scanned = after
          .filter(
            ({ oid, scans, relkind }) =>
              scans > (counted.get(oid) ?? 0) && relkind !== 'i' && tables.some((t) => t.oid === oid),
          )
          .map(({ name }) => name)
          .sort()
        const read = work
          .filter(({ kind }) => !['changes', 'deletes', 'empties'].includes(kind))
          .map(({ relation }) => nameOf(relation))
          .sort()
        // What a foreign key refers to is looked through or looked up.
        const lookedUp = /REFERENCES|VALIDATE/.test(sql) ? read.filter((name) => !scanned.includes(name)) : []
        const due = read.filter((name) => !lookedUp.includes(name) || sql.includes(`TABLE ${name} `))
        if (!reads.test(sql) && JSON.stringify(scanned) !== JSON.stringify(due))
          differences.push({ sql, scanned, read })
      } catch (error) {
        differences.push({ sql, error: String(error) })
      } finally {
        await client.query('ROLLBACK')
      }
    }
    expect(differences).toEqual([])
  })
})

test.each(apart)('$sql', async ({ sql, on }) => {
  await loadParser()
  for (const major of [15, 18] as const) {
    const { url } = await createDatabase(major)
    const [client, holder, watcher] = [await connect(url), await connect(url), await connect(url)]
    await client.query(richSchema)
    const expected = foreseen(sql, await schemaOf(client))
    const pid = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid as number
    const { rows: tables } = await client.query<Found>(`${relations} AND c.relkind <> 'i'`)
    // It waits behind this, and says with what it waits.
    await holder.query(`BEGIN; LOCK TABLE ${on} IN SHARE UPDATE EXCLUSIVE MODE`)
    const running = client.query(sql)
    const waiting = async () =>
      modesOf(
        watcher,
        pid,
        tables.filter(({ name }) => name === on),
      )
    await expect.poll(waiting).toEqual({ [on]: expected[on] })
    await holder.query('COMMIT')
    await running
  }
})

test('what a database has is read without waiting for who holds its tables', async () => {
  const { url } = await createDatabase()
  const [client, holder] = [await connect(url), await connect(url)]
  await client.query(richSchema)
  await holder.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE')
  await client.query(`SET lock_timeout = '1ms'`)
  const facts = await readFacts(client)
  expect(facts.relations.find(({ name }) => name === 'users')).toMatchObject({ rows: 2, bytes: 8192 })
})
