import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/database.js'
import { type Outcome, start } from './run-cli.js'

const backend = fileURLToPath(new URL('../../../../examples/typeorm-backend/backend', import.meta.url))
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

/** A copy of the example whose entities are one table ahead of its migrations; no database is named. */
async function project(): Promise<{ folder: string; run: (...args: string[]) => Promise<Outcome> }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-generate-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  await cp(backend, folder, { recursive: true, filter: (path) => !path.includes('.godwit') })
  symlinkSync(modules, join(folder, 'node_modules'), 'junction')
  return { folder, run: (...args) => start(folder, {}, args).ended }
}

test('without a database: writes what the entities are ahead, and then finds nothing', async () => {
  const { folder, run } = await project()
  const check = await run('generate', '--check')
  expect(check.code).toBe(3)
  expect(check.stdout).toContain('CREATE TABLE "users"')
  const wrote = await run('generate', '-n', 'AddUserTable')
  expect(wrote.code).toBe(0)
  const file = /wrote (\S+-AddUserTable\.ts)/.exec(wrote.stdout)?.[1] ?? ''
  expect(readFileSync(join(folder, file), 'utf8')).toContain('DROP TYPE "public"."users_role_enum"')
  const again = await run('generate', 'Again')
  expect(again.code).toBe(4)
  expect(again.stdout).toContain('No changes in database schema: compared 5 entities and 5 tables on PGlite')
  expect((await run('generate', '--check', '--json')).code).toBe(0)
})

test.each(['generate', 'create'])('%s into a folder where the data source does not look says so', async (verb) => {
  const { run } = await project()
  const { code, stdout } = await run(verb, 'drafts/AddUserTable')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /wrote drafts\/\d+-AddUserTable\.ts\n[\s\S]*drafts\/\d+-AddUserTable\.ts is not among the project's migrations: until they name it, nothing applies it\./,
  )
  expect(stdout).not.toContain('godwit up')
})

test('dev generates and applies, and has nothing to do the second time, which then wants no name', async () => {
  const { run } = await project()
  const { url } = await createDatabase()
  const unnamed = await run('dev', '--database-url', url)
  expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('GODWIT_NAME_NEEDED')])
  const first = await run('dev', 'AddUserTable', '--database-url', url)
  expect(first.stdout).toContain('3 migrations applied')
  expect(first.code).toBe(0)
  const second = await run('dev', 'Nothing', '--database-url', url)
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining('No changes in database schema')])
  const third = await run('dev', '--database-url', url)
  expect([third.code, third.stdout]).toEqual([0, expect.stringContaining('No changes in database schema')])
})

test('dev asks before it takes data away; where nobody can be asked it wants --yes, and else writes nothing', async () => {
  const { folder, run } = await project()
  const database = await createDatabase()
  const dev = (...args: string[]) => run('dev', ...args, '--database-url', database.url)
  expect((await dev('AddUserTable')).code).toBe(0)
  const entity = join(folder, 'src/entities/user.ts')
  const drop = (column: RegExp) => writeFileSync(entity, readFileSync(entity, 'utf8').replace(column, ''))

  drop(/ +@Column.*\n +isActive!.*\n/)
  const empty = await dev('DropActive')
  expect([empty.code, empty.stdout]).toEqual([0, expect.stringContaining('loses data: column users.isActive')])

  await database.query(`INSERT INTO users (email, "displayName", "passwordHash") VALUES ('a@b.c', 'Ann', 'x')`)
  drop(/ +@Column.*\n +displayName!.*\n/)
  const refused = await dev('DropName')
  expect([refused.code, refused.stderr]).toEqual([
    5,
    expect.stringMatching(/GODWIT_CONFIRM_NEEDED: dev DropName of .*column users\.displayName/),
  ])
  expect(refused.stdout).not.toContain('wrote')
  expect(await database.query('SELECT "displayName" FROM users')).toEqual([{ displayName: 'Ann' }])
  const agreed = await dev('DropName', '--yes')
  expect([agreed.code, agreed.stdout]).toEqual([0, expect.stringContaining('1 migration applied')])
})

test('a history that fails on the shadow is told with its place', async () => {
  const { folder, run } = await project()
  writeFileSync(
    join(folder, 'src/database/migrations/1799123456789-Broken.ts'),
    `export class Broken1799123456789 { async up(runner) {\n await runner.query('ALTER TABLE nowhere ADD a int') } async down() {} }`,
  )
  const { code, stderr } = await run('generate', 'X')
  expect(code).toBe(7)
  expect(stderr).toContain('GODWIT_SHADOW_REPLAY: Broken1799123456789 fails on the shadow')
  expect(stderr).toContain('1799123456789-Broken.ts:2')
})
