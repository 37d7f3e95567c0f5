import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase } from '../support/database.js'

test('a runner of another role, whose session cannot be looked into, does not count as gone', async () => {
  const target = await createDatabase()
  const { again, put } = await sqlProject(target, { '1_a.sql': 'create table one ()' })
  const [deploy, other] = [`deploy_${target.name}`, `other_${target.name}`]
  for (const role of [deploy, other])
    await target.query(`create role ${role} login password 'x'; grant create on database ${target.name} to ${role};
      grant all on schema public to ${role}`)
  onTestFinished(async () => {
    await target.query(`drop owned by ${deploy}, ${other}; drop role ${deploy}; drop role ${other}`)
  })
  const as = async (role: string) => {
    const url = new URL(target.url)
    url.username = role
    url.password = 'x'
    return again({ databaseUrl: url.toString() })
  }
  const runner = await as(deploy)
  await runner.up()
  await target.query(`grant usage on schema godwit to ${other}; grant all on all tables in schema godwit to ${other};
    grant all on all tables in schema public to ${other}`)
  put('2_b.sql', '-- godwit: transaction=none\nselect pg_sleep(3);\nselect 1')
  const running = runner.up()
  await sleep(1_000)
  const second = await as(other)
  expect(await second.lockHolder()).toMatchObject({ expired: false })
  await expect(second.unlock()).rejects.toMatchObject({ code: 'GODWIT_LOCK_IN_USE' })
  expect((await running).error).toBeUndefined()
})
