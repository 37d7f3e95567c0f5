import fc from 'fast-check'
import { expect, test } from 'vitest'
import { byOrder, compareBytes } from '../../src/engine/order.js'
import { name } from './arbitraries.js'

const text = fc.oneof(name, fc.string({ unit: 'binary' }))

test('texts compare as their UTF-8 bytes do', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: 2_000 },
  )
  // Where UTF-16 and UTF-8 disagree.
  expect(compareBytes('\uffee', '😀')).toBeLessThan(0)
})

test('the order is total: reflexive, antisymmetric, transitive, by key and then by name', () => {
  const migration = fc.record({ sortKey: name, name })
  fc.assert(
    fc.property(migration, migration, migration, (a, b, c) => {
      expect(byOrder(a, a)).toBe(0)
      expect(Math.sign(byOrder(a, b))).toBe(-Math.sign(byOrder(b, a)) + 0)
      if (byOrder(a, b) <= 0 && byOrder(b, c) <= 0) expect(byOrder(a, c)).toBeLessThanOrEqual(0)
      if (byOrder(a, b) === 0) expect([a.sortKey, a.name]).toEqual([b.sortKey, b.name])
      if (a.sortKey !== b.sortKey) expect(Math.sign(byOrder(a, b))).toBe(Math.sign(compareBytes(a.sortKey, b.sortKey)))
    }),
    { numRuns: 1_000 },
  )
})
