import { describe, expect, test } from 'vitest'
import { readRenames } from '../../src/project/renames.js'

describe('a rename as it is written', () => {
  test.each([
    ['users.name:users.full_name', 'users.full_name'],
    ['users.name:full_name', 'users.full_name'],
    ['app.users.name:app.users.full_name', 'app.users.full_name'],
    ['users:people', 'people'],
    ['app.users:people', 'app.people'],
  ])('%s', (written, to) => {
    expect(readRenames([written]).renamed).toEqual([{ from: written.split(':')[0], to }])
  })

  test.each([
    ['"my.table":tables', '"my.table"', 'tables'],
    ['"my.table".a:b', '"my.table".a', '"my.table".b'],
    ['"app"."users"."a:b":"app"."users"."say ""hi"""', 'app.users."a:b"', 'app.users."say ""hi"""'],
    ['my table.a b : my table.c', 'my table.a b', 'my table.c'],
    ['users." a":users.a', 'users." a"', 'users.a'],
  ])('%s has names with dots, colons, quotes or spaces', (written, from, to) => {
    expect(readRenames([written]).renamed).toEqual([{ from, to }])
  })

  test.each([
    ['users.name:people.full_name', 'the old name is in users, the new one in people'],
    ['app.users:other.users', 'the old name is in app, the new one in other'],
    ['app.users.name:other.users.name', 'the old name is in app.users, the new one in other.users'],
    ['users.name:app.users.name', 'more parts'],
    ['users.name', 'no old and new name'],
    ['users.name:', 'no old and new name'],
    ['users.name:users.name', 'it is one name'],
    ['users.a"b:users.a', 'quotes stand around a whole name'],
    ['"users:people', 'quotes stand around a whole name'],
    ['users."":users.a', 'quotes stand around a whole name'],
    ['.name:.full_name', 'a part of a name is empty'],
  ])('%s cannot be one, nor be denied', (written, reason) => {
    const error = expect.objectContaining({
      code: 'GODWIT_RENAME_UNUSABLE',
      message: expect.stringContaining(reason) as string,
    })
    expect(() => readRenames([written])).toThrow(error)
    expect(() => readRenames([], [written])).toThrow(error)
  })
})
