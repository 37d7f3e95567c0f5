// Every row of the document's testing checklist, numbered as in services/user-service/TESTING.md.
import { readdir, rm, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import bcrypt from 'bcrypt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../packages/godwit/test/support/database.js'
import { presentKinds, readCatalogue } from './support/catalogue.js'
import { buildPlatform, copyOf, expectDone, type Platform, shared, variablesOf } from './support/chatai.js'
import { documentedDatabaseHealth, documentedHealth, startService } from './support/chatai-service.js'

let platform: Platform

beforeAll(async () => {
  platform = await buildPlatform()
})
afterAll(() => rm(dirname(platform.folder), { recursive: true, force: true }))

/** A database with the lines run on it. */
async function databaseAfter(...lines: string[]): Promise<{ database: TestDatabase; env: Record<string, string> }> {
  const database = await createDatabase(15)
  const env = variablesOf(database)
  for (const line of lines) await expectDone(platform.run(line, env))
  return { database, env }
}

const initial = '1736150400000-InitialSchema.ts'
const migrated = 'npm run migration:run'

describe('1 database connection', () => {
  test('1.1 the service starts without errors', async () => {
    const { env } = await databaseAfter(migrated)
    const service = await startService(platform, env, 'pnpm start:dev')
    const { out } = await service.interrupt()
    expect(out).toContain('Found 0 errors. Watching for file changes.')
    expect(out).not.toMatch(/ERROR|WARN/)
  })

  test('1.2 GET /health returns the status ok', async () => {
    const { env } = await databaseAfter(migrated)
    const service = await startService(platform, env, 'pnpm start:prod')
    expect(await service.get('/health')).toEqual({ status: 200, body: documentedHealth })
  })

  test('1.3 GET /health/db returns connected', async () => {
    const { env } = await databaseAfter(migrated)
    const service = await startService(platform, env, 'pnpm start')
    expect(await service.get('/health/db')).toEqual({ status: 200, body: documentedDatabaseHealth })
  })
})

describe('2 schema', () => {
  const schema = async () => readCatalogue((await databaseAfter(migrated)).database, 'migrations')

  test('2.1 all 8 tables are there', async () => {
    expect((await schema()).tables).toEqual([
      'agents',
      'billing_logs',
      'conversations',
      'messages',
      'notifications',
      'project_members',
      'projects',
      'users',
    ])
  })

  test('2.2 all foreign keys are there', async () => {
    expect((await schema()).foreignKeys.map((key) => key.split(':')[0])).toEqual([
      'conversations FK_conversations_project',
      'messages FK_messages_agent',
      'messages FK_messages_conversation',
      'messages FK_messages_user',
      'project_members FK_project_members_project',
      'project_members FK_project_members_user',
      'projects FK_projects_owner',
    ])
  })

  test('2.3 all indexes are there', async () => {
    expect((await schema()).indexes.map((index) => /"(IDX_\w+)"/.exec(index)?.[1])).toEqual([
      'IDX_billing_logs_project_timestamp',
      'IDX_billing_logs_user_timestamp',
      'IDX_messages_conversation_created',
      'IDX_notifications_user_read_created',
      'IDX_project_members_project_user',
    ])
  })

  test('2.4 the enum types are there', async () => {
    expect((await schema()).enums.map((type) => type.split(':')[0])).toEqual([
      'agents_type_enum',
      'notifications_type_enum',
      'project_members_role_enum',
      'users_auth_provider_enum',
      'users_role_enum',
    ])
  })
})

describe('3 migrations', { timeout: 180_000 }, () => {
  test.each([
    ['npx typeorm migration:generate src/migrations/InitialSchema -d src/data-source.ts'],
    ['npm run migration:generate src/migrations/InitialSchema'],
  ])('3.1 a migration file is generated: %s', async (line) => {
    const shipped = await databaseAfter(migrated)
    const wanted = await readCatalogue(shipped.database, 'migrations')
    const { database, env } = await databaseAfter()
    const copy = await copyOf(platform)
    await unlink(copy.inService(`src/migrations/${initial}`))
    await expectDone(copy.run(line, env))
    expect(await readdir(copy.inService('src/migrations'))).toEqual([
      expect.stringMatching(/^\d{13}-InitialSchema\.ts$/),
    ])
    await expectDone(copy.run(migrated, env))
    expect(await readCatalogue(database, 'migrations')).toEqual(wanted)
  })

  test.each([
    ['npm run migration:run', /✓ InitialSchema +\d+ statements/],
    [
      'npx typeorm migration:run -d dist/data-source.js',
      /Migration InitialSchema1736150400000 has been executed successfully\./,
    ],
  ])('3.2 it runs: %s', async (line, said) => {
    const { database, env } = await databaseAfter()
    expect(await expectDone(platform.run(line, env))).toMatch(said)
    expect((await readCatalogue(database, 'migrations')).tables).toHaveLength(8)
    expect(await database.query('select timestamp, name from migrations')).toEqual([
      { timestamp: '1736150400000', name: 'InitialSchema1736150400000' },
    ])
  })

  test.each([
    ['npm run migration:revert', /✓ InitialSchema +undone/],
    [
      'npx typeorm migration:revert -d dist/data-source.js',
      /Migration InitialSchema1736150400000 has been reverted successfully\./,
    ],
  ])('3.3 it can be reverted: %s', async (line, said) => {
    const { database, env } = await databaseAfter(migrated)
    expect(await expectDone(platform.run(line, env))).toMatch(said)
    expect(presentKinds(await readCatalogue(database, 'migrations'))).toEqual(['extensions'])
    expect(await database.query('select name from migrations')).toEqual([])
  })

  test('3.4 the table migrations exists, the ninth, and both tools read it', async () => {
    const { database, env } = await databaseAfter(migrated)
    const inPublic = await database.query(`select tablename from pg_tables where schemaname = 'public'`)
    expect(inPublic).toHaveLength(9)
    expect(inPublic).toContainEqual({ tablename: 'migrations' })
    expect(await expectDone(platform.run('npm run migration:show', env))).toMatch(/InitialSchema +applied/)
    const shown = await expectDone(platform.run('npx typeorm migration:show -d dist/data-source.js', env))
    expect(shown).toContain('[X] 1 InitialSchema1736150400000')
  })
})

describe('4 seeds', () => {
  const seeded = async (sql: string) => (await databaseAfter(migrated, 'pnpm seed')).database.query(sql)

  test('4.1 3 users', async () => {
    expect(await seeded('select email, role from users order by email')).toEqual([
      { email: 'admin@chatai.com', role: 'admin' },
      { email: 'demo@chatai.com', role: 'user' },
      { email: 'test@chatai.com', role: 'user' },
    ])
  })

  test('4.2 4 agents', async () => {
    expect(await seeded('select name, active from agents order by name')).toEqual([
      { name: 'Claude 3 Opus', active: false },
      { name: 'GPT-3.5 Turbo', active: true },
      { name: 'GPT-4', active: true },
      { name: 'Gemini Pro', active: true },
    ])
  })

  test('4.3 the seeded users can log in, each with the own password', async () => {
    const passwords = ['Admin@123', 'Demo@123', 'Test@123']
    const users = await seeded('select password from users order by email')
    for (const [i, { password }] of users.entries())
      expect(await Promise.all(passwords.map((given) => bcrypt.compare(given, password)))).toEqual(
        passwords.map((_, j) => j === i),
      )
  })
})

describe('5 entities', { timeout: 180_000 }, () => {
  test('5.1 all of them are exported from the shared package', async () => {
    const line = `node -p "Object.keys(require('@chatai/shared')).sort().join()"`
    expect((await expectDone(platform.run(line))).trim().split(',')).toEqual([
      'Agent',
      'AgentType',
      'AuthProvider',
      'BillingLog',
      'Conversation',
      'Message',
      'Notification',
      'NotificationType',
      'Project',
      'ProjectMember',
      'ProjectRole',
      'User',
      'UserRole',
    ])
  })

  test('5.2 relations work, with their delete rules', async () => {
    const { env } = await databaseAfter(migrated, 'pnpm seed')
    const copy = await copyOf(platform)
    await writeFile(copy.inService('relations.cjs'), relations)
    expect(JSON.parse(await expectDone(copy.run('node relations.cjs', env)))).toEqual({
      owner: 'Admin User',
      members: ['editor Test User'],
      conversations: ['Welcome'],
      message: ['Test User', 'GPT-4', 'Welcome'],
      owned: ['Launch'],
      withoutAgent: [{ user_message: 'Hello', agent: null }],
      withoutOwner: { projects: 0, members: 0, conversations: 0, messages: 0, users: 2 },
    })
  })

  test('5.3 decorators are applied: the entities say what the schema is, and a changed one is found', async () => {
    const copy = await copyOf(platform)
    const { out, code } = await copy.run('npm run migration:generate -- --check')
    expect(out).toContain('No changes in database schema: compared 8 entities and 8 tables')
    expect(code).toBe(0)
    const entity = join(shared, 'src/entities/user.entity.ts')
    const text = await copy.read(entity)
    await copy.write(entity, text.replace('length: 500', 'length: 600'))
    expect((await copy.run('npm run migration:generate -- --check')).code).toBe(3)
  })
})

const relations = `
const { AppDataSource } = require('./dist/data-source')
const { Agent, Conversation, Message, Project, ProjectMember, User } = require('@chatai/shared')

async function main() {
  const { manager } = await AppDataSource.initialize()
  const user = (name) => manager.findOneByOrFail(User, { name })
  const [owner, member, agent] = await Promise.all([user('Admin User'), user('Test User'), manager.findOneByOrFail(Agent, { name: 'GPT-4' })])
  const project = await manager.save(manager.create(Project, { name: 'Launch', owner }))
  await manager.save(manager.create(ProjectMember, { project, user: member, role: 'editor' }))
  const conversation = await manager.save(manager.create(Conversation, { project, title: 'Welcome', thread_id: 't1' }))
  await manager.save(manager.create(Message, { conversation, user: member, agent, user_message: 'Hello' }))

  const read = await manager.findOneOrFail(Project, { where: { id: project.id }, relations: { owner: true, members: { user: true }, conversations: true } })
  const message = await manager.findOneOrFail(Message, { where: {}, relations: { user: true, agent: true, conversation: true } })
  const owned = (await manager.findOneOrFail(User, { where: { id: owner.id }, relations: { owned_projects: true } })).owned_projects
  await manager.delete(Agent, agent.id)
  const withoutAgent = await manager.find(Message, { select: { user_message: true }, relations: { agent: true } })
  await manager.delete(User, owner.id)
  const count = (entity) => manager.count(entity)
  const withoutOwner = {
    projects: await count(Project), members: await count(ProjectMember), conversations: await count(Conversation),
    messages: await count(Message), users: await count(User),
  }
  console.log(JSON.stringify({
    owner: read.owner.name,
    members: read.members.map(({ role, user }) => role + ' ' + user.name),
    conversations: read.conversations.map(({ title }) => title),
    message: [message.user.name, message.agent.name, message.conversation.title],
    owned: owned.map(({ name }) => name),
    withoutAgent: withoutAgent.map(({ user_message, agent }) => ({ user_message, agent })),
    withoutOwner,
  }))
  await AppDataSource.destroy()
}
main()
`
