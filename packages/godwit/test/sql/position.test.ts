import fc from 'fast-check'
import pg from 'pg'
import { expect, test } from 'vitest'
import { countCharacters, placeInMessage, placeWithin, unitOfPosition } from '../../src/sql/position.js'
import { splitScript } from '../../src/sql/split.js'
import { createDatabase } from '../support/database.js'

test('positions count characters, offsets count UTF-16 units', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
      const characters = [...text]
      expect(countCharacters(text)).toBe(characters.length)
      const position = (at % (characters.length + 1)) + 1
      expect(unitOfPosition(text, position)).toBe(characters.slice(0, position - 1).join('').length)
    }),
  )
  expect(unitOfPosition('ab', 99)).toBe(2)
})

test('a place inside a text becomes a place in the script', () => {
  const start = { offset: 100, line: 5, column: 9 }
  expect(placeWithin(start, 'select\r\n  1', 0)).toEqual(start)
  expect(placeWithin(start, 'select\r\n  1', 3)).toEqual({ offset: 103, line: 5, column: 12 })
  expect(placeWithin(start, 'select\r\n  1', 10)).toEqual({ offset: 110, line: 6, column: 3 })
})

test('what the server points at is found in the script', async () => {
  const script = "\ufeff-- 😀\n select '😀é', 1;\n\n/* 😀 */ select '😀',\n\t'日本', nme from pg_class;\nselect 2"
  const statements = splitScript(script).flatMap((item) => (item.kind === 'statement' ? [item.statement] : []))
  let message = ''
  const parts = statements.map((statement) => {
    const part = { ...statement, at: message.length }
    message += `${statement.text};\n`
    return part
  })
  const database = await createDatabase()
  const failure = await database.query(message).catch((error: unknown) => error as pg.DatabaseError)
  expect(failure).toBeInstanceOf(pg.DatabaseError)
  const place = placeInMessage(message, parts, Number((failure as pg.DatabaseError).position))
  expect(place).toEqual({ index: 1, offset: script.indexOf('nme'), line: 5, column: 8 })
})

test('a place between two parts is the end of the first', () => {
  const parts = [
    { text: 'select 1', at: 6, offset: 0, line: 1, column: 1 },
    { text: 'select 2', at: 16, offset: 9, line: 1, column: 10 },
  ]
  const message = 'begin;select 1; select 2'
  expect(placeInMessage(message, parts, 15)).toEqual({ index: 0, offset: 8, line: 1, column: 9 })
  expect(placeInMessage(message, parts, 17)).toEqual({ index: 1, offset: 9, line: 1, column: 10 })
  expect(placeInMessage(message, parts, 2)).toBeUndefined()
})
