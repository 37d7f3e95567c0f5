import { expect, test } from 'vitest'
import { codeFrame } from '../../src/sql/code-frame.js'

const frame = (text: string): string => text.replace(/^\n/, '')

test('the line, the one before it, and a caret', () => {
  const source = '-- one\r\n-- keep the old name\r\nUPDATE users SET a = nme;\r\nselect 1;\r\n'
  expect(codeFrame(source, 3, 22)).toBe(
    frame(`
2 │ -- keep the old name
3 │ UPDATE users SET a = nme;
  │                      ^`),
  )
})

test('the first line, behind a BOM', () => {
  expect(codeFrame('\ufeffselec 1', 1, 1)).toBe('1 │ selec 1\n  │ ^')
})

test('numbers that get longer, and a first line that is not 1', () => {
  expect(codeFrame('a\nb', 100, 1, 99)).toBe(' 99 │ a\n100 │ b\n    │ ^')
})

test('tabs, wide characters, combining marks and emoji keep the caret in place', () => {
  const place = (line: string): number => {
    const [, caret] = codeFrame(line, 1, line.indexOf('X') + 1).split('\n')
    return (caret ?? '').indexOf('^') - 4
  }
  expect(place('\tX')).toBe(4)
  expect(place('ab\tX')).toBe(4)
  expect(place('日本X')).toBe(4)
  expect(place('😀X')).toBe(2)
  expect(place('e\u0301X')).toBe(1)
})

test('of a long line, what is around the caret', () => {
  const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`
  const [shown, caret] = codeFrame(line, 1, 501).split('\n') as [string, string]
  expect(shown[caret.indexOf('^')]).toBe('X')
  expect(shown.length).toBeLessThan(120)
  expect(shown).toMatch(/ │ …a+Xb+…$/)
  expect(codeFrame(line, 1, 1).split('\n')[1]).toBe('  │ ^')
  const wide = codeFrame(`${'日'.repeat(100)}X`, 1, 101).split('\n') as [string, string]
  expect(wide[0]).toBe(`1 │ …${'日'.repeat(27)}X`)
  expect(wide[1]).toBe(`  │ ${' '.repeat(1 + 27 * 2)}^`)
})

test('a terminal gets no control characters', () => {
  expect(codeFrame('a\u001b[31mb\u0007', 1, 1)).toBe('1 │ a·[31mb·\n  │ ^')
})

test('a line that is not there, and a column behind the end', () => {
  expect(codeFrame('a', 5, 1)).toBe('')
  expect(codeFrame('ab', 1, 9)).toBe('1 │ ab\n  │   ^')
})
