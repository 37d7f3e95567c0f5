import { expect, test } from 'vitest'
import { parametersOf } from '../../../src/formats/migrate-mongo/parameters.js'

const make = (text: string) => new Function(`return (${text})`)() as () => void

test.each([
  ['function (a, b) { return (c, d) => c }', ['a', 'b']],
  ['async function name(a) {}', ['a']],
  ['() => {}', []],
  ['async () => {}', []],
  ['db => db', ['db']],
  ['async db => db', ['db']],
  ['async => async', ['async']],
  ['(a, { b, c: [d] } = {}, ...e) => {}', ['a', '{ b, c: [d] } = {}', '...e']],
  ['(a, /* (x, y) */ b = f(1, 2), c = ")") => {}', ['a', 'b = f(1, 2)', 'c = ")"']],
  ['(a,\n  b, // the last\n) => {}', ['a', 'b']],
  ['({ async up(a, b) {} }).up', ['a', 'b']],
  ['({ async ["u" + "p"](a) {} }).up', ['a']],
  ['({ async *up(a) {} }).up', ['a']],
  ['(class { static up(a, b, c) {} }).up', ['a', 'b', 'c']],
])('of %s', (text, parameters) => {
  expect(parametersOf(make(text))).toEqual(parameters)
})

test('are not known of what has no text', () => {
  expect(parametersOf(make('function (a) {}').bind(null))).toBeUndefined()
})
