import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryRow, MigrationFile } from '../../src/engine/migration.js'
import { compareBytes } from '../../src/engine/order.js'
import { deriveStates } from '../../src/engine/states.js'
import { contentHash } from '../../src/formats/files.js'
import { situation, statesOf } from './arbitraries.js'

test('every file and every row has exactly one state, in the one order', () => {
  fc.assert(
    fc.property(situation, (given) => {
      const names = statesOf(given).map((m) => m.name)
      const expected = new Set([...given.files, ...given.look.rows].map((each) => each.name))
      expect(names).toEqual([...expected].sort(compareBytes))
    }),
  )
})

test('the states do not depend on the order in which files are listed', () => {
  fc.assert(
    fc.property(
      situation.chain((given) =>
        fc.tuple(fc.constant(given), fc.shuffledSubarray(given.files, { minLength: given.files.length })),
      ),
      ([given, shuffled]) => {
        expect(statesOf({ ...given, files: shuffled })).toEqual(statesOf(given))
      },
    ),
  )
})

test('each state is what files and history say', () => {
  fc.assert(
    fc.property(situation, (given) => {
      const { files, look } = given
      const lastApplied = look.rows
        .filter((row) => row.outcome === 'applied')
        .map((row) => row.name)
        .sort(compareBytes)
        .at(-1)
      for (const { name, state, file } of statesOf(given)) {
        const row = look.rows.find((each) => each.name === name)
        const isFile = files.some((each) => each.name === name)
        expect(file !== null).toBe(isFile)
        const behind = lastApplied !== undefined && compareBytes(name, lastApplied) < 0 && !look.passed.includes(name)
        if (row?.outcome === 'failed' || look.open.some((step) => step.name === name)) expect(state).toBe('failed')
        else if (row === undefined) expect(state).toBe(behind ? 'out-of-order' : 'pending')
        else if (!isFile) expect(state).toBe('missing')
        else expect(state).toBe(row.hash === null || row.hash === `sql:${name}` ? 'applied' : 'edited')
      }
    }),
  )
})

describe('no false alarm', () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', ' ', ';', '\r', '😀') }), { maxLength: 6 })
  const stateAfter = (before: string, after: string) =>
    deriveStates([file(after)], { rows: [row({ hash: before })], open: [], passed: [] }, (name) => name)[0]?.state

  test('another line ending or a BOM is no edit, another text is one', () => {
    fc.assert(
      fc.property(lines, lines, fc.boolean(), (one, other, bom) => {
        // A line that ends in a CR would make a CRLF of the LF behind it: then the text is another one.
        fc.pre([...one, ...other].every((line) => !line.endsWith('\r')))
        const lf = contentHash(Buffer.from(one.join('\n')), 'sql')
        const crlf = contentHash(Buffer.from((bom ? '\ufeff' : '') + one.join('\r\n')), 'sql')
        expect(stateAfter(lf, crlf)).toBe('applied')
        const changed = contentHash(Buffer.from(other.join('\n')), 'sql')
        expect(stateAfter(lf, changed)).toBe(one.join('\n') === other.join('\n') ? 'applied' : 'edited')
      }),
    )
  })

  test('the compiled .js in the place of its .ts is no edit, and the other way round', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (ts, js) => {
        const source = contentHash(Buffer.from(ts), 'ts')
        const compiled = contentHash(Buffer.from(js), 'js')
        expect(stateAfter(source, compiled)).toBe('applied')
        expect(stateAfter(compiled, source)).toBe('applied')
      }),
    )
  })

  test.each([
    ['same', 'a', 'a', undefined, undefined],
    ['the other line ending', 'b', 'a', ['b'], undefined],
    ['another text', 'b', 'a', ['c'], 'edited-before-adoption'],
    ['a format without checksums', null, undefined, undefined, undefined],
  ] as const)(
    'without a hash of ours, the checksum of the history tells: %s',
    (_, recorded, checksum, same, warning) => {
      const listed = {
        ...file('sql:x'),
        ...(checksum === undefined ? {} : { checksum }),
        ...(same === undefined ? {} : { sameChecksums: [...same] }),
      }
      const rows = [row({ hash: null, checksum: recorded })]
      const [found] = deriveStates([listed], { rows, open: [], passed: [] }, (name) => name)
      expect(found).toMatchObject({ state: 'applied', ...(warning === undefined ? {} : { warning }) })
      expect(found?.warning).toBe(warning)
    },
  )
})

test('the journal never overrules the history (rule 11)', () => {
  const open = (direction: 'up' | 'down') => [{ name: 'm', direction, done: 1, error: null, startedAt: new Date(0) }]
  const state = (rows: HistoryRow[], direction: 'up' | 'down') =>
    deriveStates([file('sql:x')], { rows, open: open(direction), passed: [] }, (name) => name)[0]?.state
  expect(state([row({ hash: 'sql:x' })], 'up')).toBe('applied')
  expect(state([], 'up')).toBe('failed')
  expect(state([row({ hash: 'sql:x' })], 'down')).toBe('failed')
  expect(state([], 'down')).toBe('pending')
})

function file(hash: string): MigrationFile {
  return { name: 'm', file: '/m', sortKey: 'm', hash, reversible: true }
}

function row(over: Partial<HistoryRow>): HistoryRow {
  return {
    name: 'm',
    appliedAt: null,
    outcome: 'applied',
    checksum: null,
    hash: null,
    by: null,
    durationMs: null,
    ...over,
  }
}
