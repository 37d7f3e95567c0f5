// The document's five days, line by line, in a fresh copy; then its lines twice, in the wrong order, and without the database.
import { existsSync } from 'node:fs'
import { readdir, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { copyOf, expectDone, installPlatform, type Platform, service, shared, variablesOf } from './support/chatai.js'
import { documentedDatabaseHealth, documentedHealth, startService } from './support/chatai-service.js'
import { documentedContainer, hasPsql } from './support/documented-docker.js'

let platform: Platform

beforeAll(async () => {
  platform = await installPlatform()
})
afterAll(() => rm(dirname(platform.folder), { recursive: true, force: true }))

const psql = 'docker exec -it chatai-postgres psql -U postgres -d chatai_platform'

describe('the document from its first day to its last', () => {
  test.skipIf(!hasPsql)('every line, in its order', { timeout: 240_000 }, async () => {
    const { env } = await documentedContainer()
    const copy = await copyOf(platform)
    const run = (line: string | string[], at?: string) => expectDone(copy.run(line, env, at))
    const typedInto = (line: string, ...typed: string[]) => expectDone(copy.run(line, env, service, typed))
    await unlink(copy.inService('src/migrations/1736150400000-InitialSchema.ts'))

    // Day 1 and 2: the shared package.
    await run(['cd packages/shared', 'pnpm install'], '.')
    const built = await run(['cd packages/shared', 'pnpm build', 'ls -la dist/'], '.')
    for (const name of ['entities', 'index.js', 'index.d.ts']) expect(built).toContain(` ${name}\n`)

    // Day 3: the service, on a database that is still empty.
    await run('pnpm install')
    await run('cp ../../.env.example ../../.env')
    const first = await startService(copy, env, 'pnpm start:dev')
    expect((await first.interrupt()).out).not.toMatch(/ERROR|WARN|ECONN/)

    // Day 4: the migration, the seeds.
    const generate = 'npx typeorm migration:generate src/migrations/InitialSchema -d src/data-source.ts'
    await run(['cd services/user-service', generate], '.')
    const [file = ''] = await readdir(copy.inService('src/migrations'))
    expect(file).toMatch(/^\d{13}-InitialSchema\.ts$/)
    const dist = await run(['cd services/user-service', 'pnpm build', 'ls -la dist/'], '.')
    for (const name of ['main.js', 'data-source.js', 'migrations']) expect(dist).toContain(` ${name}\n`)
    const ran = await run('npx typeorm migration:run -d dist/data-source.js')
    expect(ran).toMatch(/Migration InitialSchema\d{13} has been executed successfully\./)
    const described = await typedInto(psql, '\\dt', '\\d users', '\\q')
    expect(tablesIn(described)).toEqual([
      'agents',
      'billing_logs',
      'conversations',
      'messages',
      'migrations',
      'notifications',
      'project_members',
      'projects',
      'users',
    ])
    expect(described).toMatch(/"UQ_users_email" UNIQUE CONSTRAINT, btree \(email\)/)
    expect(await run(['cd services/user-service', 'pnpm seed'], '.')).toContain(documentedSeed)
    const [users, agents] = [
      'SELECT id, name, email, role FROM users;',
      'SELECT id, name, type, active FROM agents;',
    ] as const
    expect(await typedInto(psql, users, agents, '\\q')).toMatch(/\(3 rows\)[\s\S]*\(4 rows\)/)

    // Day 5: the checks, and the verification checklist's numbers 2 to 6.
    await run(
      ['cd ChatAI-Platform', 'cd packages/shared', 'pnpm build', 'ls -la dist/', 'cd ../../services/user-service'],
      '..',
    )
    expect((await run('ls packages/shared/dist/', '.')).split('\n')).toEqual(
      expect.arrayContaining(['index.js', 'index.d.ts', 'entities']),
    )
    const started = await startService(copy, env, 'pnpm start:dev')
    // Behind the answer stands how long it took.
    const curl = async (path: string) => {
      const [answer = ''] = /^\{.*\}/.exec(await run(`curl http://localhost:${started.port}${path}`)) ?? []
      return JSON.parse(answer)
    }
    expect(await curl('/health')).toEqual(documentedHealth)
    expect(await curl('/health/db')).toEqual(documentedDatabaseHealth)
    expect((await started.interrupt()).out).not.toMatch(/ERROR|WARN|ECONN/)
    expect(tablesIn(await run(`${psql} -c "\\dt"`))).toHaveLength(9)
    expect(await run(`${psql} -c "SELECT email, role FROM users;"`)).toMatch(/admin@chatai\.com +\| admin/)
    expect(await run(`${psql} -c "SELECT name, active FROM agents;"`)).toMatch(/Claude 3 Opus +\| f/)
    expect(await run(`${psql} -c "SELECT COUNT(*) FROM users;"`)).toMatch(/^ +3$/m)
    expect(await run(`${psql} -c "SELECT COUNT(*) FROM agents;"`)).toMatch(/^ +4$/m)
    const [three, four] = ['SELECT COUNT(*) FROM users;', 'SELECT COUNT(*) FROM agents;'] as const
    expect(await typedInto(psql, '\\dt', three, four, '\\q')).toMatch(/\(9 rows\)[\s\S]*^ +3$[\s\S]*^ +4$/m)

    // A migration whose row is gone: what is there is recorded without a reset.
    const name = `InitialSchema${file.slice(0, 13)}`
    const forget = `DELETE FROM migrations WHERE name = '${name}';`
    expect(await typedInto('psql -U postgres chatai_platform', forget)).toBe('DELETE 1\n')
    expect(await run('npm run migration:show')).toMatch(/InitialSchema +pending/)
    await run(`npx godwit resolve ${name} --applied`)

    // What the service's guide says of production, and the document's last useful commands: a backup and back from it.
    const lose = `${psql} -c "DROP SCHEMA public CASCADE" -c "DROP SCHEMA IF EXISTS godwit CASCADE" -c "CREATE SCHEMA public"`
    for (const [backup, restore] of [
      ['pg_dump -U postgres chatai_platform > backup.sql', 'psql -U postgres chatai_platform < backup.sql'],
      [
        'docker exec chatai-postgres pg_dump -U postgres chatai_platform > backup.sql',
        'docker exec -i chatai-postgres psql -U postgres chatai_platform < backup.sql',
      ],
    ] as const) {
      await run(backup)
      await run(lose)
      await run(restore)
      expect(await run(`${psql} -c "SELECT COUNT(*) FROM users;"`)).toMatch(/^ +3$/m)
    }
    await run('pnpm typeorm migration:revert -d dist/data-source.js')
    await run('npm run migration:show')
    await run(lose)
    await run('psql -U postgres chatai_platform < backup.sql')
    expect(await run('npm run migration:show')).toMatch(/InitialSchema +applied/)
  })

  test('the packages are begun, and what is there is committed and pushed', async () => {
    const copy = await copyOf(platform)
    const run = (line: string | string[], at = '.') => expectDone(copy.run(line, author, at))
    await run('mkdir -p ../new/packages/shared ../new/services')
    expect(await run(['cd packages/shared', 'pnpm init'], '../new')).toContain('"name": "shared"')
    const service = ['cd services', 'mkdir -p user-service', 'cd user-service', 'pnpm init']
    expect(await run(service, '../new')).toContain('"name": "user-service"')

    await run('git init --bare ../origin')
    await run(['git init', 'git checkout -b develop', 'git remote add origin ../origin'])
    const status = await run('git status')
    for (const name of ['packages/', 'services/', 'pnpm-workspace.yaml']) expect(status).toContain(`\t${name}\n`)
    await run('git add .')
    const added = await run('git ls-files')
    expect(added).toContain('packages/shared/src/entities/user.entity.ts\n')
    expect(added).not.toMatch(/node_modules|dist\/|\.env$/m)
    await run(`git commit -m "feat(db): complete M1 - database setup and infrastructure\n\n${delivered}"`)
    await run('git push origin develop')
    const subject = 'feat(db): complete M1 - database setup and infrastructure'
    expect(await run('git log -1 --oneline')).toContain(subject)
    expect(await run('git --git-dir ../origin log -1 --oneline develop')).toContain(subject)
  })
})

const author = {
  GIT_AUTHOR_NAME: 'Dev',
  GIT_AUTHOR_EMAIL: 'dev@chatai.example',
  GIT_COMMITTER_NAME: 'Dev',
  GIT_COMMITTER_EMAIL: 'dev@chatai.example',
  GIT_CONFIG_GLOBAL: '/dev/null',
}
const delivered = '- 8 entities, the initial migration, seeds, health routes'

function tablesIn(printed: string): string[] {
  return [...printed.matchAll(/^ public \| (\w+) +\| table/gm)].map((match) => match[1]!)
}

const documentedSeed = `🌱 Starting seed...

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
`

// Each builds anew, and starts npm a dozen times.
describe('otherwise than in the document', { timeout: 180_000 }, () => {
  test('the same line twice changes nothing the second time', async () => {
    const database = await createDatabase(15)
    const copy = await copyOf(platform)
    const run = (line: string, at?: string) => copy.run(line, variablesOf(database), at)
    await expectDone(run('pnpm build', shared))
    await expectDone(run('pnpm build', shared))
    await expectDone(run('pnpm build'))
    await expectDone(run('pnpm build'))
    await expectDone(run('npm run migration:run'))
    expect(await expectDone(run('npm run migration:run'))).toContain('Nothing to do')
    expect(await expectDone(run('npx typeorm migration:run -d dist/data-source.js'))).toContain(
      'No migrations are pending',
    )
    await expectDone(run('pnpm seed'))
    const rows = () => database.query('select *, xmin from users union all select *, xmin from users order by email')
    const before = await rows()
    expect(await expectDone(run('pnpm seed'))).toContain('⏭️  Admin user already exists\n')
    expect(await rows()).toEqual(before)
    await expectDone(run('npm run migration:revert'))
    expect((await run('npm run migration:revert')).out).toMatch(/Nothing/)
    expect((await run('npx typeorm migration:revert -d dist/data-source.js')).out).toMatch(/No migrations/i)
    expect((await run('npm run migration:generate src/migrations/Again')).code).toBe(4)
    expect((await run('npx typeorm migration:generate src/migrations/Again -d src/data-source.ts')).code).toBe(0)
  })

  test('in the wrong order each line says what is missing, and does nothing', async () => {
    const database = await createDatabase(15)
    const copy = await copyOf(platform)
    const run = (line: string) => copy.run(line, variablesOf(database))
    const ran = async (line: string) => {
      const { out, code } = await run(line)
      expect(code).not.toBe(0)
      return out
    }
    // Nothing is built yet.
    expect(await ran('pnpm build')).toContain("Cannot find module '@chatai/shared'")
    expect(await ran('pnpm start:prod')).toMatch(/Cannot find module '.*dist\/main'/)
    expect(await ran('npx typeorm migration:run -d dist/data-source.js')).toMatch(/dist\/data-source/)
    expect(await ran('npx typeorm migration:generate src/migrations/A -d src/data-source.ts')).toMatch(
      /shared\/dist\/index\.js/,
    )
    // Godwit needs no build; but seeds need tables.
    expect(await ran('pnpm seed')).toContain('❌ Seed failed: ')
    expect((await run('npm run migration:revert')).out).toMatch(/Nothing/)
    expect(await database.query(`select tablename from pg_tables where schemaname = 'public'`)).toEqual([])
    await expectDone(run('npm run migration:run'))
    await expectDone(run('pnpm seed'))
    expect(existsSync(copy.inService('dist'))).toBe(false)
  })

  test('without the database each line says so, and what can serve one; none of them makes one elsewhere', async () => {
    const copy = await copyOf(platform)
    const env = { DATABASE_PORT: '1', DATABASE_PASSWORD: 'not-to-be-seen' }
    await expectDone(copy.run('pnpm build', env, shared))
    await expectDone(copy.run('pnpm build', env))
    for (const line of ['migration:run', 'migration:revert', 'migration:show', 'seed']) {
      const { out, code } = await copy.run(`npm run ${line}`, env)
      expect(out).toContain('GODWIT_CONNECTION_REFUSED')
      expect(out).toContain('postgres://localhost:1/chatai_platform')
      expect(out).toContain('godwit db')
      expect(out).not.toContain('not-to-be-seen')
      expect(code).toBe(8)
    }
    for (const line of ['migration:run', 'migration:revert', 'migration:show']) {
      const { out, code } = await copy.run(`npx typeorm ${line} -d dist/data-source.js`, env)
      expect(out).toContain('ECONNREFUSED')
      expect(code).toBe(1)
    }
    expect(existsSync(copy.inService('.godwit/db'))).toBe(false)
    await expectDone(copy.run('npm run migration:create src/migrations/MigrationName', env))
    await expectDone(copy.run('npx typeorm migration:create src/migrations/AddTokens', env))
    expect(await readdir(copy.inService('src/migrations'))).toEqual([
      expect.any(String),
      expect.stringMatching(/^\d{13}-MigrationName\.ts$/),
      expect.stringMatching(/^\d{13}-AddTokens\.ts$/),
    ])
  })

  test('what watches: it starts, and Ctrl-C ends it', async () => {
    const copy = await copyOf(platform)
    await expectDone(copy.run('pnpm build', {}, shared))
    const watch = copy.start('pnpm watch', {}, shared)
    await watch.printed('Found 0 errors. Watching for file changes.')
    await watch.interrupt()
    const tests = copy.start('pnpm test:watch')
    await tests.printed('13 passed')
    await tests.interrupt()
    const debug = await startService(copy, { DATABASE_PORT: '1' }, 'pnpm start:debug')
    expect((await debug.get('/health')).status).toBe(503)
    expect((await debug.interrupt()).out).toMatch(
      /Debugger listening|Starting inspector on .* failed: address already in use/,
    )
  })

  test('a new migration, as the guide says: from changed entities, and by hand', async () => {
    const database = await createDatabase(15)
    const copy = await copyOf(platform)
    const run = (line: string, at?: string) => expectDone(copy.run(line, variablesOf(database), at))
    const entity = join(shared, 'src/entities/user.entity.ts')
    const text = await copy.read(entity)
    await copy.write(
      entity,
      text.replace(
        '  @CreateDateColumn',
        "  @Column({ type: 'varchar', length: 64, nullable: true })\n  nickname!: string | null\n  @CreateDateColumn",
      ),
    )
    await run('cd packages/shared && pnpm build', '.')
    await run('npm run migration:generate src/migrations/DescriptiveName')
    await run('npm run migration:create src/migrations/AddColumnToUsers')
    const [, generated = '', created = ''] = await readdir(copy.inService('src/migrations'))
    expect(generated).toMatch(/^\d{13}-DescriptiveName\.ts$/)
    const empty = await copy.read(join(service, 'src/migrations', created))
    const guide = await copy.read(join(service, 'docs/MIGRATIONS.md'))
    const [example = ''] = /export class[\s\S]*?\n}\n/.exec(guide) ?? []
    const name = /class (AddColumnToUsers\d+)/.exec(empty)?.[1] ?? ''
    const filled = empty.replace(/export class[\s\S]*/, example.replace('AddColumnToUsers1234567890123', name))
    await copy.write(join(service, 'src/migrations', created), filled)
    await run('npm run migration:run')
    const columns = () =>
      database.query(
        `select column_name from information_schema.columns where table_name = 'users' order by ordinal_position`,
      )
    expect((await columns()).slice(-2)).toEqual([{ column_name: 'nickname' }, { column_name: 'new_column' }])
    await run('npm run migration:revert')
    await run('npm run migration:revert')
    expect((await columns()).at(-1)).toEqual({ column_name: 'updated_at' })

    // Of the one that was written by hand the entities know nothing.
    await unlink(copy.inService(join('src/migrations', created)))
    await copy.write(entity, (await copy.read(entity)).replace('length: 64', 'length: 80'))
    await run('npm run migration:generate src/migrations/MigrationName')
    expect((await readdir(copy.inService('src/migrations'))).at(-1)).toMatch(/^\d{13}-MigrationName\.ts$/)
  })

  test('the other scripts: lint, tests, coverage, e2e, the workspace as a whole, and what the image runs', async () => {
    const database = await createDatabase(15)
    const copy = await copyOf(platform)
    const run = (line: string, at?: string) => expectDone(copy.run(line, variablesOf(database), at))
    await run('pnpm clean', shared)
    await run('pnpm build', '.')
    await run('pnpm lint')
    expect(await run('pnpm test')).toMatch(/Tests +13 passed/)
    expect(await run('pnpm test:cov')).toMatch(/controller\.ts +\| +100 /)
    expect(await run('pnpm test:e2e')).toMatch(/Tests +3 passed/)
    await run('npm run typeorm -- migration:show -d dist/data-source.js')
    await run(`pnpm --filter @chatai/user-service --prod deploy --legacy ${copy.folder}/deployed`, '.')
    expect((await readdir(`${copy.folder}/deployed`)).sort()).toEqual(
      expect.arrayContaining(['dist', 'godwit.config.ts', 'node_modules', 'package.json']),
    )
    const env = { ...variablesOf(database), NODE_ENV: 'production', MIGRATIONS_ON_BOOT: 'migrate' }
    const deployed = await startService(copy, env, 'node dist/main.js', 'deployed')
    expect(await deployed.get('/health')).toEqual({ status: 200, body: documentedHealth })
    expect(await database.query('select from migrations')).toHaveLength(1)
  })
})
