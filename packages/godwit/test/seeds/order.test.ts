import { expect, test } from 'vitest'
import { inOrder, type Orderable } from '../../src/seeds/order.js'

function seed(name: string, said: Partial<Orderable> = {}): Orderable {
  return { name, after: [], place: name, references: [], ...said }
}

function ordered(...seeds: Orderable[]): string[] {
  return inOrder(seeds).map(({ name }) => name)
}

test('without a reason they stay as they came', () => {
  expect(ordered(seed('b'), seed('a'))).toEqual(['b', 'a'])
})

test('a seed runs behind what it names, and what its foreign keys point to', () => {
  expect(ordered(seed('a', { after: ['b'] }), seed('b', { references: ['c'] }), seed('c'))).toEqual(['c', 'b', 'a'])
})

test('what is named may be a table that a seed fills', () => {
  expect(ordered(seed('a', { after: ['people'] }), seed('b', { place: 'people' }))).toEqual(['b', 'a'])
})

test('what is named beats a foreign key that says the opposite', () => {
  expect(ordered(seed('a', { references: ['b'] }), seed('b', { after: ['a'] }))).toEqual(['a', 'b'])
})

test('a cycle is shown as it goes', () => {
  const seeds = [seed('a', { references: ['b'] }), seed('b', { references: ['c'] }), seed('c', { references: ['a'] })]
  expect(() => inOrder(seeds)).toThrow('These seeds wait for each other: a → b → c → a')
})

test('a table that points to itself is no cycle', () => {
  expect(ordered(seed('a', { references: ['a'] }))).toEqual(['a'])
})

test('a name that is nothing is refused, with the nearest', () => {
  expect(() => inOrder([seed('users', { after: ['rolse'] }), seed('roles')])).toThrow("Did you mean 'roles'?")
})

test('what is named may be a table that only migrations fill', () => {
  expect(inOrder([seed('a', { after: ['countries'] })], new Set(['countries']))).toHaveLength(1)
  expect(() => inOrder([seed('a', { after: ['countries'] })])).toThrow('no seed and no table')
})
