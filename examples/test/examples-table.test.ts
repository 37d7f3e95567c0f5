import { expect, test } from 'vitest'

// A script, which has no types.
const { seenOf } = await import(new URL('../../scripts/examples-seen.mjs', import.meta.url).href)

const outcomes = {
  'walk.test.ts': [
    {
      test: 'all of it',
      state: 'passed',
      lines: [
        { system: 'shop', line: 'npm run up', code: 0 },
        { system: 'shop', line: 'npm run up', code: 8 },
        { system: 'other', line: 'npm run down', code: 0 },
        { system: 'shop', line: 'curl http://localhost:4711/health', code: 0 },
        { system: 'shop', line: 'npm start', code: 'stopped' },
      ],
    },
    { test: 'broken', state: 'failed', lines: [{ system: 'shop', line: 'npm run up', code: 0 }] },
    { test: 'elsewhere', state: 'skipped', lines: [] },
  ],
}

const link = '[all of it](test/walk.test.ts)'

/** One command of the document of `shop`, laid beside the outcomes. */
function lay(row: object) {
  const files = ['walk.test.ts', 'new.test.ts']
  const { rows, wrong, absent } = seenOf({ commands: [row], otherwise: {} }, 'shop', outcomes, files)
  return { seen: rows[0].seen, wrong, absent }
}

test.each([
  ['npm run up', {}, `exit 0, 8: ${link}`],
  ['npm start', {}, `ran until it was stopped: ${link}`],
  ['curl http://localhost:4001/health', { as: 'curl http://localhost:…/health' }, `exit 0: ${link}`],
])('%s: what the named test saw of it', (command, more, seen) => {
  expect(lay({ command, test: 'walk: all of it', ...more })).toEqual({ seen, wrong: [], absent: [] })
})

test('what no test executes says why', () => {
  const seen = 'not run: no daemon'
  expect(lay({ command: 'docker ps', why: 'no daemon' })).toEqual({ seen, wrong: [], absent: [] })
})

test.each([
  ['neither a test nor a reason', { command: 'ls' }, "'ls' needs either the test that executes it or why none does"],
  ['an empty reason', { command: 'ls', why: '' }, "'ls' needs either the test that executes it or why none does"],
  [
    'both',
    { command: 'ls', test: 'walk: all of it', why: 'x' },
    "'ls' needs either the test that executes it or why none does",
  ],
  [
    'an execution that is gone',
    { command: 'npm run u', test: 'walk: all of it' },
    "'walk: all of it' does not execute 'npm run u'",
  ],
  [
    "another system's execution",
    { command: 'npm run down', test: 'walk: all of it' },
    "'walk: all of it' does not execute 'npm run down'",
  ],
  [
    'a variable part that is not said to be one',
    { command: 'curl http://localhost:…/', test: 'walk: all of it' },
    "'walk: all of it' does not execute 'curl http://localhost:…/'",
  ],
  ['a test that failed', { command: 'npm run up', test: 'walk: broken' }, "'walk: broken' failed"],
  ['a test that is gone', { command: 'npm run up', test: 'walk: old' }, "'walk: old': 0 tests have that name"],
  ['a file that is gone', { command: 'npm run up', test: 'old: all of it' }, "'old: all of it': there is no such file"],
])('%s is wrong', (_, row, problem) => {
  expect(lay(row)).toMatchObject({ wrong: [problem], absent: [] })
})

test.each([
  ['walk: elsewhere', "'elsewhere' was skipped"],
  ['new: all of it', 'new.test.ts was not run'],
])('%s says nothing', (name, absent) => {
  expect(lay({ command: 'npm run up', test: name })).toMatchObject({ wrong: [], absent: [absent] })
})
