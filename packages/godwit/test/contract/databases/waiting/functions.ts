import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Subject } from '../../subject.js'
import { blockingSession, eventOf } from './blocking-session.js'
import { builderProject, classProject, type FormatProject } from './format-project.js'

const held = 'create table held (id int);'
const journal = 'select name, outcome from godwit.step order by id'
const quick = { lockTimeout: '200ms', lockRetries: 10 }
const noting = `require('node:fs').appendFileSync(__dirname + '/called', 'x')`

function called({ folder }: FormatProject): number {
  return readFileSync(join(folder, 'migrations/called'), 'utf8').length
}

/** A function is called a second time only when it says that it may be (rule 15). */
export function functionWaitingContract(subject: Subject): void {
  const classOf = (head: string) =>
    `${head} async up(runner) { ${noting}; await runner.query('create table made ()'); await runner.query('alter table held add b int') }`
  const builderOf = (head: string) => `${head}
exports.up = async (pgm) => { ${noting}; await pgm.db.query('alter table held add b int'); pgm.sql('create table made ()') }`

  test('a class without retry is called once, and nothing of it is left', async () => {
    const target = await subject.open()
    await target.query(held)
    const opened = await classProject(target, { A1700000000001: classOf('') }, quick)
    const blocker = await blockingSession(target, 'lock table held')
    const { error } = await opened.project.up()
    expect(error).toMatchObject({ exitCode: 7, details: { left: 'nothing', server: { code: '55P03' } } })
    expect(error?.details.state?.at(-1)).toContain(`Blocked by pid ${blocker.pid} (reports`)
    expect(error?.hint).toContain(`pg_terminate_backend(${blocker.pid})`)
    expect(opened.events.some((event) => event.type === 'retrying')).toBe(false)
    expect(called(opened)).toBe(1)
    expect(await opened.states()).toEqual(['A1700000000001 pending'])
    expect(await target.query(journal)).toEqual([{ name: 'A1700000000001', outcome: 'failed' }])
  })

  test.each([
    ['a class that says retry = true', () => classProject, 'A1700000000001', classOf('retry = true;')],
    [
      'a builder function that says retry, and uses the database',
      () => builderProject,
      '1_a',
      builderOf('exports.retry = true'),
    ],
  ] as const)('%s is called again', async (_, open, name, text) => {
    const target = await subject.open()
    await target.query(held)
    const opened = await open()(target, { [name]: text }, quick)
    const blocker = await blockingSession(target, 'lock table held')
    const running = opened.project.up()
    await eventOf(opened.events, 'retrying')
    await blocker.end()
    expect((await running).error).toBeUndefined()
    expect(called(opened)).toBe(2)
    expect(await opened.states()).toEqual([`${name} applied`])
    expect(await target.query(journal)).toEqual([{ name, outcome: 'done' }])
    expect(await target.query(`select to_regclass('made')::text as made`)).toEqual([{ made: 'made' }])
  })

  test('a builder function that uses the database, and does not say so, is called once', async () => {
    const target = await subject.open()
    await target.query(held)
    const opened = await builderProject(target, { '1_a': builderOf('') }, quick)
    await blockingSession(target, 'lock table held')
    const { error } = await opened.project.up()
    expect(error).toMatchObject({ details: { left: 'nothing', server: { code: '55P03' } } })
    expect(called(opened)).toBe(1)
    expect(await target.query(journal)).toEqual([{ name: '1_a', outcome: 'failed' }])
  })

  test('what a builder function collected is run again without calling it', async () => {
    const target = await subject.open()
    await target.query(held)
    const text = `exports.up = (pgm) => { ${noting}; pgm.createTable('made', {}); pgm.addColumn('held', { b: 'int' }) }`
    const opened = await builderProject(target, { '1_a': text }, quick)
    const blocker = await blockingSession(target, 'lock table held')
    const running = opened.project.up()
    await eventOf(opened.events, 'retrying')
    await blocker.end()
    expect((await running).error).toBeUndefined()
    expect(called(opened)).toBe(1)
    expect(await target.query(journal)).toEqual([{ name: '1_a', outcome: 'done' }])
  })

  test('a function that leaves its transaction idle for longer than it may loses its session, and leaves nothing', async () => {
    const target = await subject.open()
    const text = `exports.up = async (pgm) => { await pgm.db.query('create table made ()')
  await new Promise((resolve) => setTimeout(resolve, 1_500)); await pgm.db.query('select 1') }`
    const opened = await builderProject(target, { '1_a': text }, { idleInTransactionSessionTimeout: '300ms' })
    const { error } = await opened.project.up()
    expect(error).toMatchObject({ code: 'GODWIT_CONNECTION_LOST', details: { left: 'nothing' } })
    expect(await opened.states()).toEqual(['1_a pending'])
  })
}
