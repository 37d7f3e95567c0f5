import type { DataSource } from 'typeorm'
import { describe, expect, test } from 'vitest'
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
