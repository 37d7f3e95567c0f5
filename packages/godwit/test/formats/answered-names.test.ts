import { expect, test } from 'vitest'
import { knownAnswers } from '../../src/formats/answered-names.js'
import { readRenames } from '../../src/project/renames.js'

const names = {
  usual: 'public',
  before: ['users', 'users.id', 'users.name', 'shop.items', 'shop.items.id'],
  after: ['people', 'people.id', 'people.full_name', 'shop.goods', 'shop.goods.id'],
}

const answered = (renamed: string[], notRenamed: string[] = [], recreate: string[] = []) =>
  knownAnswers({ renames: readRenames(renamed, notRenamed), recreate }, names)

test.each([
  [['users:people', 'people.name:people.full_name']],
  [['users.name:users.full_name', 'users:people']],
  [['users:tmp', 'public.tmp:public.people']],
  [['shop.items:shop.goods']],
])('%j leads to what is wanted', (renamed) => {
  expect(() => answered(renamed)).not.toThrow()
})

test.each([
  [['users:peple'], 'there is no peple in what is wanted; the nearest is people'],
  [['users:people', 'people.name:people.fullname'], 'no people.fullname in what is wanted'],
  [['users.name:users.full_name'], 'no users.full_name in what is wanted'],
])('%j leads elsewhere', (renamed, message) => {
  expect(() => answered(renamed)).toThrow(message)
})

test('answers may name the usual schema', () => {
  const { renames, recreate } = answered(
    ['public.users:public.people'],
    ['public.people.name:public.people.full_name'],
    ['public.people.id'],
  )
  expect(renames.notRenamed).toEqual([{ from: 'people.name', to: 'people.full_name' }])
  expect(recreate).toEqual(['people.id'])
})
