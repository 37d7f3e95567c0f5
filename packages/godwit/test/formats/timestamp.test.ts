import { expect, test } from 'vitest'
import { freeTimestamp } from '../../src/formats/timestamp.js'
import { freeTime } from '../../src/formats/typeorm/timestamps.js'

const now = new Date('2026-11-21T07:08:09.010Z')

test.each<[string, string[], string]>([
  ['none', [], '20261121070809'],
  ['an earlier one', ['20261121070808_a'], '20261121070809'],
  ['the same second', ['20261121070809_a'], '20261121070810'],
  ['a later one', ['20270101000000_a', '20261121070809_b'], '20270101000001'],
  ['the end of a year', ['20991231235959-a'], '21000101000000'],
  ['a time in milliseconds', ['20270101000000123_a'], '20270101000001'],
  ['names without a time', ['', 'a', '0_init', '0042_a', '4102444800000_a', 'May 2099'], '20261121070809'],
  ['what is no date', ['20271399000000_a', '20270101250000_a', '99999999999999_a'], '20261121070809'],
  ['the last second of four digits', ['99991231235959_a'], '20261121070809'],
])('14 digits behind %s', (_, names, expected) => {
  expect(freeTimestamp(names, now)).toBe(expected)
})

test.each<[string, string[], number]>([
  ['none', [], now.getTime()],
  ['an earlier one', ['A1700000000000'], now.getTime()],
  ['the same millisecond', [`A${now.getTime()}`], now.getTime() + 1],
  ['a later one', ['Future4102444800000', 'A1700000000000'], 4102444800001],
  ['names without a time', ['', 'A', 'Add2024'], now.getTime()],
  ['the last of 13 digits', ['A9999999999999'], now.getTime()],
])('13 digits behind %s', (_, names, expected) => {
  expect(freeTime(names, now).getTime()).toBe(expected)
})
