import { expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

test('without a journal it says so, and that is no failure', async () => {
  const { run, json } = await cliProject()
  const { code, stdout, stderr } = await run('log')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.split('\n').slice(1)).toEqual(['', 'No journal yet: the first run that writes makes one.', ''])
  expect((await json('log')).document).toMatchObject({ journal: 'absent', runs: [], more: false })
})

test('runs with their steps, the newest first; statements when asked for more', async () => {
  const { run, put } = await cliProject()
  await run('up')
  await run('down')
  put({ 'migrations/3_c.sql': '-- godwit: transaction=none\ncreate table c ();\nselect nope;\nselect 1;' })
  await run('up', '--only', '3_c')
  const told = plain((await run('log')).stdout)
  expect(told.split('\n').slice(1)).toEqual([
    '',
    'just now   up     failed   <ms>, by <who>',
    '  · 2_b   passed over, stays pending',
    '  ✗ 3_c   stopped behind statement 1',
    '      column "nope" does not exist',
    'just now   down   done     <ms>, by <who>',
    '  ✓ 2_b   undone   1 statement   <ms>',
    'just now   up     done     <ms>, by <who>',
    '  ✓ 1_a   applied   1 statement    <ms>',
    '  ✓ 2_b   applied   2 statements   <ms>',
    '',
    '3 runs',
    '',
  ])
  const statements = ['      1   CREATE TABLE   line 2', '      2   SELECT         line 3   here it stopped']
  const verbose = plain((await run('log', '--verbose', '--limit', '1')).stdout)
  for (const line of statements) expect(verbose).toContain(`${line}\n`)
  expect(verbose).toContain('1 run, the newest. More: --limit 5\n')
  const one = plain((await run('log', '3_c')).stdout)
  for (const line of [...statements, '      3   SELECT         line 4   not run']) expect(one).toContain(`${line}\n`)
  expect(one).not.toContain('2_b')
  await run('resolve', '3_c', '--applied')
  const settled = plain((await run('log', '--name', '3_')).stdout)
  expect(settled).toContain('  · 3_c   settled by hand as applied\n')
  expect(settled).toContain('  · 3_c   stopped behind statement 1; settled by hand since\n')
})

test('one JSON document with stable keys', async () => {
  const { run, json } = await cliProject()
  await run('up')
  const { code, document, stderr } = await json('log', '--limit', '1')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(Object.keys(document)).toEqual(['project', 'format', 'database', 'journal', 'runs', 'more'])
  const [only] = document.runs as Record<string, unknown>[]
  expect(Object.keys(only ?? {})).toEqual([
    'id',
    'command',
    'version',
    'by',
    'pid',
    'dbUser',
    'startedAt',
    'finishedAt',
    'durationMs',
    'outcome',
    'steps',
  ])
  expect(only?.startedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  expect(only?.steps).toMatchObject([
    { name: '1_a', statements: [{ tag: 'CREATE TABLE', line: 1 }] },
    { name: '2_b', done: 2 },
  ])
})

test('what is asked wrongly, or may not be read, is an error with a code', async () => {
  const { run, json, database } = await cliProject()
  await run('up')
  for (const limit of ['0', '-1', 'many', '1.5'])
    expect(await json('log', `--limit=${limit}`)).toMatchObject({
      code: 2,
      document: { error: { code: 'GODWIT_LIMIT' } },
    })
  expect(await json('log', 'nope')).toMatchObject({
    code: 2,
    document: { error: { code: 'GODWIT_UNKNOWN_MIGRATION' } },
  })
  expect(await json('log', '_')).toMatchObject({ code: 2, document: { error: { code: 'GODWIT_AMBIGUOUS_NAME' } } })
  expect(await json('log', '--limt', '3')).toMatchObject({
    code: 2,
    document: { error: { code: 'GODWIT_UNKNOWN_FLAG' } },
  })
  const role = `role_${database.name}`
  await database.query(`create role ${role} login password 'x'; grant select on godwit_migrations to ${role}`)
  try {
    const url = new URL(database.url)
    url.username = role
    url.password = 'x'
    const denied = await json('log', '--database-url', url.toString())
    expect(denied).toMatchObject({ code: 8, document: { error: { code: 'GODWIT_PERMISSION' } } })
  } finally {
    await database.query(`drop owned by ${role}; drop role ${role}`)
  }
})

// Times and who it was differ from run to run.
function plain(text: string): string {
  return text
    .replace(/by .*@.* \(pid \d+, role postgres\), godwit \d+\.\d+\.\d+\S*/g, 'by <who>')
    .replace(/\d+ ms|\d+\.\d s/g, '<ms>')
    .replace(/\d+ seconds ago/g, 'just now')
}
