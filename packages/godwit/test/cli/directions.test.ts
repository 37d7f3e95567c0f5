import { expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

const steps = (document: Record<string, unknown>) =>
  (document.steps as { name: string; direction: string; outcome: string }[]).map(
    ({ name, direction, outcome }) => `${name} ${direction} ${outcome}`,
  )

test('redo and reset say of each line whether it was undone or applied', async () => {
  const { run } = await cliProject()
  expect((await run('up')).stdout).toMatch(/✓ 1_a {3}1 statement {3}\d+ ms\n {2}✓ 2_b {3}2 statements/)
  expect((await run('redo')).stdout).toMatch(
    /✓ 2_b {3}undone {4}1 statement {3}\d+ ms\n {2}✓ 2_b {3}applied {3}2 statements {3}\d+ ms\n1 migration undone, 1 migration applied in/,
  )
  expect((await run('reset', '--yes')).stdout).toMatch(
    /✓ 2_b {3}undone .*\n {2}✓ 1_a {3}undone .*\n {2}✓ 1_a {3}applied .*\n {2}✓ 2_b {3}applied .*\n2 migrations undone, 2 migrations applied in/,
  )
  expect((await run('down')).stdout).toMatch(/✓ 2_b {3}undone {4}1 statement/)
})

test("a reset's report holds its way back too, in the order it was gone", async () => {
  const { json, run } = await cliProject()
  await run('up')
  const { document } = await json('reset', '--yes')
  expect(document.direction).toBe('up')
  expect(steps(document)).toEqual(['2_b down done', '1_a down done', '1_a up done', '2_b up done'])
  const dropped = await json('reset', '--drop', '--yes')
  expect(steps(dropped.document)).toEqual(['1_a up done', '2_b up done'])
})

test('a failed way forth says what was undone and what is applied again', async () => {
  const { json, run, put } = await cliProject()
  await run('up')
  put({ 'migrations/2_b.sql': 'alter table nothing add b int;\n' })
  const reset = await run('reset', '--yes')
  expect(reset.code).toBe(7)
  expect(reset.stderr).toMatch(/Undone: 2_b\. Applied and kept: 1_a\. Pending: 2_b\.\n$/)
  put({ 'migrations/2_b.sql': 'alter table a add b int;\n' })
  await run('up')
  put({ 'migrations/2_b.sql': 'alter table nothing add b int;\n' })
  await run('resolve', '2_b', '--applied')
  const redone = await json('redo')
  expect(redone.code).toBe(7)
  expect(steps(redone.document)).toEqual(['2_b down done', '2_b up failed'])
  await run('up')
  const { stderr } = await run('up')
  expect(stderr).toMatch(/\nPending: 2_b\.\n$/)
})
