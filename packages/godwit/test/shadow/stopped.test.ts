import { mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openProject } from '../../src/project/open.js'
import { createProject } from '../formats/typeorm/support/project.js'

/** Stops what generates once the server is at a statement with this mark, and says which shadows are left behind it. */
async function stoppedAt(mark: string, dir: string, from?: string) {
  const client = new pg.Client({ connectionString: inject('servers').pg18 })
  await client.connect()
  onTestFinished(() => client.end())
  const stop = new AbortController()
  const project = await openProject({ cwd: dir, env: {}, signal: stop.signal })
  const outcome = project.generate('Next', { from, shadow: inject('servers').pg18 }).then(
    () => 'generated',
    (error: unknown) => error,
  )
  const shadows: string[] = []
  while (shadows.length === 0) {
    const { rows } = await client.query<{ datname: string }>(
      `SELECT datname FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND datname LIKE 'godwit_shadow_%'`,
      [`%${mark}%`],
    )
    shadows.push(...rows.map(({ datname }) => datname))
  }
  stop.abort('SIGTERM')
  const error = await outcome
  const left = await client.query('SELECT datname FROM pg_database WHERE datname = ANY ($1)', [shadows])
  return { error, left: left.rows }
}

const stopped = { error: { code: 'GODWIT_TERMINATED', hint: 'Nothing was written.' }, left: [] }

test('stopped while it compares, generating ends at once and writes nothing', async () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-stopped-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  symlinkSync(resolve(import.meta.dirname, '../../../../node_modules'), join(dir, 'node_modules'), 'junction')
  writeFileSync(join(dir, 'godwit.config.json'), '{ "format": "sql", "migrations": "." }')
  writeFileSync(join(dir, 'schema.txt'), 'create table a (x int); select pg_sleep(1111);')
  expect(await stoppedAt('pg_sleep(1111)', dir, 'schema.txt')).toMatchObject(stopped)
  expect(readdirSync(dir).filter((name) => name.endsWith('.sql'))).toEqual([])
})

test('stopped while it tries what TypeORM proposes, generating ends at once and writes nothing', async () => {
  const { dir } = createProject({
    'godwit.config.json': '{ "format": "typeorm" }',
    'src/entities.ts': `import { Column, Entity, PrimaryColumn } from 'typeorm'
@Entity('users') export class User { @PrimaryColumn() id!: number; @Column('int', { default: () => 'slow_2222()' }) n!: number }`,
    'src/data-source.ts': `import { DataSource } from 'typeorm'
import { User } from './entities'
export default new DataSource({ type: 'postgres', entities: [User], migrations: [__dirname + '/migrations/*.ts'] })`,
    'src/migrations/1000000000000-First.ts': `export class First1000000000000 {
  async up(runner: any) {
    await runner.query('CREATE TABLE users (id int primary key); INSERT INTO users VALUES (1)')
    await runner.query("CREATE FUNCTION slow_2222() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1 FROM pg_sleep(1111)'")
  }
  async down() {}
}`,
  })
  expect(await stoppedAt('DEFAULT slow_2222()', dir)).toMatchObject(stopped)
  expect(readdirSync(join(dir, 'src/migrations'))).toHaveLength(1)
})
