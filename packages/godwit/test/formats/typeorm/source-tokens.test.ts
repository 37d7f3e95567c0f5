import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readModule } from '../../../src/formats/typeorm/module-exports.js'
import { tokensOf } from '../../../src/formats/typeorm/source-tokens.js'

const texts = (source: string) => tokensOf(source)?.map((token) => token.text)

test('two levels of brackets are cut into tokens, deeper ones are skipped', () => {
  const [word, group] = tokensOf(`f(a, { b: [c] }, \`\${d}\`)`) ?? []
  expect([word?.text, group?.text]).toEqual(['f', '('])
  expect(group?.children?.map((token) => [token.kind, token.text])).toEqual([
    ['word', 'a'],
    ['punct', ','],
    ['group', '{'],
    ['punct', ','],
    ['template', ''],
  ])
})

test.each([
  ['a / b / c', ['a', '/', 'b', '/', 'c']],
  ['x = /["\'`{]/.test(y)', ['x', '=', '/', '.', 'test', '(']],
  ['return /}/', ['return', '/']],
  ['a[0] / 2', ['a', '[', '/', '2']],
  ['// "\nx', ['x']],
  ['/* ` */ x', ['x']],
  ['"a\\"b" + \'\\\\\'', ['a\\"b', '+', '\\\\']],
  [`\`a \${ \`}\` + "}" } b\` x`, ['', 'x']],
  ['f() / 2', undefined],
  ['x // why\n/ 2', undefined],
  ['i++ / 2', undefined],
  ['( ]', undefined],
  ['{ ( }', undefined],
  ['}', undefined],
  ['"open', undefined],
  [`\`open \${ 1 }`, undefined],
  ['/* open', undefined],
])('%j', (source, expected) => {
  expect(texts(source)).toEqual(expected)
})

test('whatever stands in literals and comments, the class behind is found', () => {
  const literal = fc
    .string({ unit: 'grapheme' })
    .chain((content) =>
      fc.constantFrom(
        JSON.stringify(content),
        `'${JSON.stringify(content).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`,
        `\`${content.replace(/[\\`$]/g, '\\$&')}\``,
        `\`\${${JSON.stringify(content)}}\``,
        `/* ${content.replaceAll('*/', '')} */ 0`,
        `0 // ${content.replace(/[\r\n\u2028\u2029]/g, '')}\n`,
      ),
    )
  fc.assert(
    fc.property(literal, literal, (outside, inside) => {
      const source = `const x = ${outside};
export class A { name = 'A1700000000001'; async up(q) { await q.query(${inside}) } async down(q) { ${inside} } }`
      expect(readModule(source)?.migrations).toMatchObject([{ name: 'A1700000000001', hasDown: true }])
    }),
    { numRuns: 2000 },
  )
})
