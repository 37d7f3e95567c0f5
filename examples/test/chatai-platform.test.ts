import { exec } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import bcrypt from 'bcrypt'
import type { DataSource } from 'typeorm'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { presentKinds, readCatalogue } from './support/catalogue.js'
import { compileExample } from './support/compile.js'
import { connectTo, differences, forgetEntities, typeormVersions } from './support/typeorm.js'

const tables = [
  'agents',
  'billing_logs',
  'conversations',
  'messages',
  'notifications',
  'project_members',
  'projects',
  'users',
]

describe.each(typeormVersions)('chatai-platform on %s', (typeorm) => {
  async function open() {
    forgetEntities()
    const load = await compileExample({
      root: 'chatai-platform',
      project: 'services/user-service',
      packages: { dotenv: 'dotenv', pg: 'pg', 'reflect-metadata': 'reflect-metadata', typeorm },
      sources: { '@chatai/shared': 'packages/shared/src/index' },
    })
    const { AppDataSource } = load<{ AppDataSource: DataSource }>('services/user-service/src/data-source')
    const database = await createDatabase()
    return { database, dataSource: await connectTo(database, AppDataSource) }
  }

  test('the migration makes what the entities say, with every documented name', async () => {
    const { database, dataSource } = await open()
    const ran = await dataSource.runMigrations()
    expect(ran.map((migration) => migration.name)).toEqual(['InitialSchema1736150400000'])
    expect(await differences(dataSource)).toEqual([])

    const found = await readCatalogue(database, 'migrations')
    expect(found.tables).toEqual(tables)
    expect(found.columns.filter((line) => line.includes(' timestamp'))).toHaveLength(12)
    expect(found.columns.filter((line) => / timestamp(?! without time zone)/.test(line))).toEqual([])
    expect(found.columns.filter((line) => line.endsWith('.id uuid not null default uuid_generate_v4()'))).toHaveLength(
      8,
    )
    expect(found.enums).toEqual([
      'agents_type_enum: external, self-hosted',
      'notifications_type_enum: new_message, project_invite, training_complete, agent_deployed, system',
      'project_members_role_enum: owner, editor, viewer',
      'users_auth_provider_enum: email, google, facebook, tiktok',
      'users_role_enum: admin, user',
    ])
    expect(found.primaryKeys).toEqual(tables.map((table) => `${table} PK_${table}_id: PRIMARY KEY (id)`))
    expect(found.uniques).toEqual([
      'conversations UQ_conversations_thread_id: UNIQUE (thread_id)',
      'users UQ_users_email: UNIQUE (email)',
      'users UQ_users_phone: UNIQUE (phone)',
    ])
    expect(found.foreignKeys).toEqual([
      'conversations FK_conversations_project: FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE',
      'messages FK_messages_agent: FOREIGN KEY (agent_id) REFERENCES agents(id) ON DELETE SET NULL',
      'messages FK_messages_conversation: FOREIGN KEY (conversation_id) REFERENCES conversations(id) ON DELETE CASCADE',
      'messages FK_messages_user: FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE',
      'project_members FK_project_members_project: FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE',
      'project_members FK_project_members_user: FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE',
      'projects FK_projects_owner: FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE',
    ])
    expect(found.indexes).toEqual([
      'CREATE INDEX "IDX_billing_logs_project_timestamp" ON public.billing_logs USING btree (project_id, "timestamp")',
      'CREATE INDEX "IDX_billing_logs_user_timestamp" ON public.billing_logs USING btree (user_id, "timestamp")',
      'CREATE INDEX "IDX_messages_conversation_created" ON public.messages USING btree (conversation_id, created_at)',
      'CREATE INDEX "IDX_notifications_user_read_created" ON public.notifications USING btree (user_id, read, created_at)',
      'CREATE UNIQUE INDEX "IDX_project_members_project_user" ON public.project_members USING btree (project_id, user_id)',
    ])
    expect(await database.query(`select tablename from pg_tables where schemaname = 'public'`)).toHaveLength(9)
  })

  test('undoing leaves the extension and nothing else, and it applies again', async () => {
    const { database, dataSource } = await open()
    await dataSource.runMigrations()
    const first = await readCatalogue(database, 'migrations')
    await dataSource.undoLastMigration()
    const left = await readCatalogue(database, 'migrations')
    expect(presentKinds(left)).toEqual(['extensions'])
    expect(left.extensions).toEqual(['uuid-ossp'])
    await dataSource.runMigrations()
    expect(await readCatalogue(database, 'migrations')).toEqual(first)
  })
})

const firstRun = `🌱 Starting seed...

👤 Seeding users...
✅ Admin user created: admin@chatai.com / Admin@123
✅ Test user created: test@chatai.com / Test@123
✅ Demo user created: demo@chatai.com / Demo@123

🤖 Seeding agents...
✅ Agent created: GPT-4
✅ Agent created: GPT-3.5 Turbo
✅ Agent created: Gemini Pro
✅ Agent created: Claude 3 Opus

🎉 Seed completed successfully!

📝 Summary:
   - 3 users created (admin, test, demo)
   - 4 agents created (GPT-4, GPT-3.5, Gemini, Claude)

🔐 Login credentials:
   Admin: admin@chatai.com / Admin@123
   Test:  test@chatai.com / Test@123
   Demo:  demo@chatai.com / Demo@123
`
const secondRun = `🌱 Starting seed...

👤 Seeding users...
⏭️  Admin user already exists
⏭️  Test user already exists
⏭️  Demo user already exists

🤖 Seeding agents...
⏭️  Agent already exists: GPT-4
⏭️  Agent already exists: GPT-3.5 Turbo
⏭️  Agent already exists: Gemini Pro
⏭️  Agent already exists: Claude 3 Opus

🎉 Seed completed successfully!

📝 Summary:
   - 0 users created, 3 already there
   - 0 agents created, 4 already there
`
const service = fileURLToPath(new URL('../chatai-platform/services/user-service', import.meta.url))

/** Runs a line of the document in the service's folder. */
async function runLine(line: string, env: Record<string, string>): Promise<{ out: string; code: number }> {
  try {
    const { NODE_ENV: _, CI: __, ...rest } = process.env
    const { stdout } = await promisify(exec)(line, { cwd: service, env: { ...rest, ...env } })
    return { out: stdout, code: 0 }
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number }
    return { out: stdout + stderr, code }
  }
}

describe('the seeds of chatai-platform', () => {
  test.each(['PostgreSQL 18', 'embedded'])('npm run seed, twice, prints what is documented: %s', async (where) => {
    const folder = await mkdtemp(join(tmpdir(), 'godwit-chatai-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const database = where === 'embedded' ? undefined : await createDatabase()
    const env = { GODWIT_DATABASE_URL: database?.url ?? `embedded:${join(folder, 'db')}` }
    expect(await runLine('npm run migration:run', env)).toMatchObject({ code: 0 })
    const first = await runLine('npm run seed', env)
    expect(first.out).toContain(firstRun)
    expect(first.code).toBe(0)
    const before = await database?.query('select *, xmin from users order by email')
    const second = await runLine('npm run seed', env)
    expect(second.out).toContain(secondRun)
    expect(second.code).toBe(0)
    if (database === undefined) return
    expect(await database.query('select *, xmin from users order by email')).toEqual(before)
  })

  test('the logins work, and everything is as documented', async () => {
    const database = await createDatabase()
    const env = { GODWIT_DATABASE_URL: database.url, NODE_ENV: 'staging' }
    await runLine('npm run migration:run', env)
    const { out } = await runLine('npm run seed', env)
    expect(out).not.toContain('@123')
    expect(out).toContain('✅ Admin user created: admin@chatai.com\n')
    const users = await database.query('select * from users order by created_at, email')
    expect(
      users
        .map(({ name, email, role, auth_provider, is_active }) => [name, email, role, auth_provider, is_active])
        .sort(),
    ).toEqual([
      ['Admin User', 'admin@chatai.com', 'admin', 'email', true],
      ['Demo User', 'demo@chatai.com', 'user', 'email', true],
      ['Test User', 'test@chatai.com', 'user', 'email', true],
    ])
    for (const { email, password } of users) {
      const login = `${email.charAt(0).toUpperCase()}${email.slice(1, email.indexOf('@'))}@123`
      expect(password).toMatch(/^\$2[ab]\$10\$/)
      expect(await bcrypt.compare(login, password)).toBe(true)
    }
    const agents = await database.query('select name, type, active, model_source, config from agents order by name')
    expect(agents).toEqual([
      {
        name: 'Claude 3 Opus',
        type: 'external',
        active: false,
        model_source: 'anthropic/claude-3-opus',
        config: { max_tokens: 4096, temperature: 0.7 },
      },
      {
        name: 'GPT-3.5 Turbo',
        type: 'external',
        active: true,
        model_source: 'openai/gpt-3.5-turbo',
        config: { temperature: 0.7, max_tokens: 2048, top_p: 1, frequency_penalty: 0, presence_penalty: 0 },
      },
      {
        name: 'GPT-4',
        type: 'external',
        active: true,
        model_source: 'openai/gpt-4',
        config: { temperature: 0.7, max_tokens: 4096, top_p: 1, frequency_penalty: 0, presence_penalty: 0 },
      },
      {
        name: 'Gemini Pro',
        type: 'external',
        active: true,
        model_source: 'google/gemini-pro',
        config: { temperature: 0.7, maxOutputTokens: 2048, topK: 40, topP: 0.95 },
      },
    ])
  })

  test('what fails leaves nothing, says so as documented and ends with 1', async () => {
    const database = await createDatabase()
    const env = { GODWIT_DATABASE_URL: database.url }
    await runLine('npm run migration:run', env)
    await database.query(`alter table agents add check (name <> 'Gemini Pro')`)
    const { out, code } = await runLine('npm run seed', env)
    expect(out).toMatch(/^❌ Seed failed: .*agents.*check constraint/m)
    expect(code).toBe(1)
    expect(await database.query('select * from users')).toEqual([])
    expect(await database.query('select * from agents')).toEqual([])
  })

  test('its passwords stand in its file, so production refuses it', async () => {
    const database = await createDatabase()
    const env = { GODWIT_DATABASE_URL: database.url }
    await runLine('npm run migration:run', env)
    const { out, code } = await runLine('npm run seed', { ...env, NODE_ENV: 'production' })
    expect(out).toContain('GODWIT_SEED_PASSWORD')
    expect(out).not.toContain('🌱')
    expect(code).toBe(5)
    expect(await database.query('select * from users')).toEqual([])
  })
})
