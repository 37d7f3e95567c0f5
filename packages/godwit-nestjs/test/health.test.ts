import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Controller, Get } from '@nestjs/common'
import { HealthCheckService, TerminusModule } from '@nestjs/terminus'
import { expect, onTestFinished, test } from 'vitest'
import { GodwitHealth, GodwitMigrations, GodwitModule } from '../src/index.js'
import { start } from './application.js'
import { makeProject } from './project.js'

test('in numbers: up, pending, stopped halfway, and a database that is down', async () => {
  const { options, write } = await makeProject({ '1_a.sql': 'create table a (id int)' })
  const app = await start(GodwitModule.forRoot({ ...options, onBoot: 'migrate' }))
  const health = app.get(GodwitHealth)
  expect(await health.check('migrations')).toEqual({ migrations: { status: 'up', pending: 0, failed: 0 } })

  await write('2_b.sql', '-- godwit: transaction=none\ncreate table b ();\nselect 1 / 0')
  expect(await health.check('schema')).toEqual({ schema: { status: 'down', pending: 1, failed: 0 } })
  await (await app.get(GodwitMigrations).open()).up()
  expect(await health.check('migrations')).toEqual({ migrations: { status: 'down', pending: 0, failed: 1 } })

  const lost = new GodwitHealth(new GodwitMigrations({ ...options, databaseUrl: 'postgres://127.0.0.1:1/secret' }))
  expect(await lost.check('migrations')).toEqual({
    migrations: { status: 'down', message: 'The state of the migrations cannot be read' },
  })
})

test('a database that hangs is down, too', async () => {
  const { options } = await makeProject({ '1_a.sql': 'create table a (id int)' })
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  onTestFinished(() => void silent.close())
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const health = new GodwitHealth(
    new GodwitMigrations({ ...options, databaseUrl: `postgres://127.0.0.1:${port}/hanging` }),
  )
  const started = Date.now()
  expect(await health.check('migrations')).toMatchObject({ migrations: { status: 'down' } })
  expect(Date.now() - started).toBeLessThan(8_000)
})

test('terminus makes a status of it', async () => {
  const { options } = await makeProject({ '1_a.sql': 'create table a (id int)' })
  class HealthController {
    readonly check
    constructor(health: HealthCheckService, godwit: GodwitHealth) {
      this.check = () => health.check([() => godwit.check('migrations')])
    }
    answer() {
      return this.check()
    }
  }
  Reflect.defineMetadata('design:paramtypes', [HealthCheckService, GodwitHealth], HealthController)
  Controller('health')(HealthController)
  Get()(HealthController.prototype, 'answer', Object.getOwnPropertyDescriptor(HealthController.prototype, 'answer')!)

  const godwit = GodwitModule.forRoot({ ...options, onBoot: 'off' })
  class HealthModule {}
  const app = await start({
    module: HealthModule,
    imports: [TerminusModule.forRoot({ logger: false }), godwit],
    controllers: [HealthController],
  })
  await app.listen(0)
  const url = `${await app.getUrl()}/health`
  const before = await fetch(url)
  expect([before.status, (await before.json()).error]).toEqual([
    503,
    { migrations: { status: 'down', pending: 1, failed: 0 } },
  ])
  await (await app.get(GodwitMigrations, { strict: false }).open()).up()
  const after = await fetch(url)
  expect([after.status, (await after.json()).info]).toEqual([
    200,
    { migrations: { status: 'up', pending: 0, failed: 0 } },
  ])
})
