import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findName, nearestTo } from '../../src/engine/find-name.js'
import { name } from './arbitraries.js'

const names = ['1710403398304_create_users', '1710403398377_add_billing', '1710403412001_split_name', 'name']

test('a whole name wins over names that it is a part of', () => {
  expect(findName(names, 'name')).toBe('name')
})

test('any part that one name alone has is enough', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.nat(), fc.nat(), fc.nat(), (all, pick, from, length) => {
      const wanted = all[pick % all.length] as string
      const start = from % wanted.length
      const part = wanted.slice(start, start + 1 + (length % wanted.length))
      const having = all.filter((each) => each.includes(part))
      if (having.length === 1) expect(findName(all, part)).toBe(wanted)
      else if (all.includes(part)) expect(findName(all, part)).toBe(part)
      else expect(() => findName(all, part)).toThrow(expect.objectContaining({ code: 'GODWIT_AMBIGUOUS_NAME' }))
    }),
  )
})

test('several matches are listed, a typo suggests the nearest', () => {
  expect(() => findName(names, '17104033')).toThrow(/create_users.*add_billing/)
  expect(() => findName(names, 'split_nmae')).toThrow("Did you mean '1710403412001_split_name'?")
  expect(() => findName(names, 'something else entirely')).toThrow(/^There is no migration '[^']*'\.$/)
})

test('what is far from everything suggests nothing', () => {
  expect(nearestTo('xyzzy', names)).toBeUndefined()
  expect(nearestTo('x', [])).toBeUndefined()
  expect(nearestTo('AddBiling', ['AddBilling1710403398377'])).toBe('AddBilling1710403398377')
})
