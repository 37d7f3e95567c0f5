import { expect, test } from 'vitest'
import { GODWIT_BOOT, GodwitMigrations, GodwitModule, type OnBoot } from '../src/index.js'
import { start } from './application.js'
import { makeProject } from './project.js'

const files = { '1_a.sql': 'create table a (id int)', '2_b.sql': 'create table b (id int)' }

test('by default it only checks: pending migrations keep the application from starting, and nothing is written', async () => {
  const { options, schemas, tables } = await makeProject(files)
  await expect(start(GodwitModule.forRoot(options))).rejects.toMatchObject({
    code: 'GODWIT_BEHIND',
    message: 'Not applied yet: 1_a, 2_b.',
  })
  expect(await tables()).toEqual([])
  expect(await schemas()).toEqual([])

  await (await new GodwitMigrations(options).open()).up()
  const app = await start(GodwitModule.forRoot(options))
  expect(app.get(GODWIT_BOOT)).toEqual({ onBoot: 'check', applied: [] })
})

test('migrate: instances that start at once apply each migration once, and all of them start', async () => {
  const { options, tables } = await makeProject({ ...files, '3_slow.sql': 'select pg_sleep(1)' })
  const apps = await Promise.all(
    Array.from({ length: 4 }, () => start(GodwitModule.forRoot({ ...options, onBoot: 'migrate' }))),
  )
  expect(apps.flatMap((app) => app.get(GODWIT_BOOT).applied)).toEqual(['1_a', '2_b', '3_slow'])
  expect(await tables()).toEqual(['a', 'b'])
  const { runs } = await (await new GodwitMigrations(options).open()).log()
  expect(runs.map(({ command }) => command)).toEqual(['boot'])
})

test('what injects the report is made behind the migrations', async () => {
  const { options, tables } = await makeProject(files)
  const seen = {
    module: class Reader {},
    imports: [GodwitModule.forRoot({ ...options, onBoot: 'migrate' })],
    providers: [{ provide: 'tables', inject: [GODWIT_BOOT], useFactory: tables }],
  }
  const app = await start(seen)
  expect(app.get('tables', { strict: false })).toEqual(['a', 'b'])
})

test('a migration that fails keeps the application from starting; what was applied before it stays', async () => {
  const { options, tables } = await makeProject({ ...files, '3_c.sql': 'create table a (id int)' })
  await expect(start(GodwitModule.forRoot({ ...options, onBoot: 'migrate' }))).rejects.toMatchObject({
    code: 'GODWIT_STATEMENT_FAILED',
    message: 'relation "a" already exists',
    details: { file: '3_c.sql', left: 'nothing' },
  })
  expect(await tables()).toEqual(['a', 'b'])
})

test('off: nothing is asked, also where there is no database', async () => {
  const nowhere = { databaseUrl: 'postgres://127.0.0.1:1/none', env: {}, cwd: '/nowhere' }
  const app = await start(GodwitModule.forRoot({ ...nowhere, onBoot: 'off' }))
  expect(app.get(GODWIT_BOOT)).toEqual({ onBoot: 'off', applied: [] })
})

test('check and migrate do not start without the database', async () => {
  const { options } = await makeProject(files)
  for (const onBoot of ['check', 'migrate'] as const)
    await expect(
      start(GodwitModule.forRoot({ ...options, onBoot, databaseUrl: 'postgres://127.0.0.1:1/none' })),
    ).rejects.toMatchObject({ code: 'GODWIT_CONNECTION_REFUSED' })
})

test('forRootAsync takes the options from elsewhere; an unknown word is refused, an empty one is the default', async () => {
  const { options } = await makeProject(files)
  const started = (onBoot: string) =>
    start(
      GodwitModule.forRootAsync({
        inject: ['word'],
        provideInjectionTokensFrom: [{ provide: 'word', useValue: onBoot }],
        useFactory: (word: OnBoot) => ({ ...options, onBoot: word }),
      }),
    )
  expect((await started('migrate')).get(GODWIT_BOOT).applied).toEqual(['1_a', '2_b'])
  expect((await started('')).get(GODWIT_BOOT).onBoot).toBe('check')
  await expect(started('yes')).rejects.toMatchObject({
    code: 'GODWIT_NEST_ON_BOOT',
    message: "onBoot must be 'off', 'check' or 'migrate', not 'yes'.",
  })
})
