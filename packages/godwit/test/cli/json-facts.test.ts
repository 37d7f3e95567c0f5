import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject, start } from './run-cli.js'

const durations = (document: Record<string, unknown>) =>
  (document.steps as { durationMs: number }[]).map((step) => step.durationMs)

test('durations are whole milliseconds', async () => {
  const { json, put } = await cliProject()
  put({ 'migrations/3_c.sql': 'select nope;\n' })
  const { document } = await json('up')
  expect(durations(document)).toHaveLength(3)
  expect(durations(document).filter((each) => !Number.isInteger(each))).toEqual([])
  expect(durations((await json('down')).document).filter((each) => !Number.isInteger(each))).toEqual([])
})

test('an error names its file as status does, wherever the command stands', async () => {
  const { json, folder, put } = await cliProject({ 'migrations/1_a.sql': 'create table a ();\n' })
  const applied = await json('up')
  expect(applied.code).toBe(0)
  expect((await json('down')).document).toMatchObject({
    error: { code: 'GODWIT_IRREVERSIBLE', file: 'migrations/1_a.sql' },
  })
  put({ 'migrations/2_b.sql': 'select nope;\n' })
  mkdirSync(join(folder, 'src'))
  const [, pending] = (await json('status')).document.migrations as { file: string }[]
  for (const cwd of [folder, join(folder, 'src')]) {
    const { stdout } = await start(cwd, {}, ['up', '--json']).ended
    expect((JSON.parse(stdout) as { error: { file: string } }).error.file).toBe(pending?.file)
  }
  expect((await start(folder, {}, ['up']).ended).stderr).toContain('\n  migrations/2_b.sql:1:8\n')
  // From elsewhere, a path that can be opened from there.
  const elsewhere = await start(join(folder, 'src'), {}, ['up']).ended
  expect(elsewhere.stderr).toContain(`\n  ${folder}/migrations/2_b.sql:1:8\n`)
  put({ 'migrations/2_b.sql': '-- nothing\n' })
  const empty = await start(join(folder, 'src'), {}, ['up']).ended
  expect(empty.stderr).toContain(`\n  ${folder}/migrations/2_b.sql\n`)
})
