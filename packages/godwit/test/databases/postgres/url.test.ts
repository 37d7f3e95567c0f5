import { expect, test } from 'vitest'
import { connectionSettings } from '../../../src/databases/postgres/url.js'

test.each([
  ['a slash', 'postgres://me:geh/eim@db/app'],
  ['a slash behind an @', 'postgres://me:geh@eim/rest@db/app'],
  ['a #', 'postgres://me:12#eim@db/app'],
])('a password with %s that is not encoded is refused, and nothing of it is shown', (_, url) => {
  try {
    connectionSettings(url)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'GODWIT_URL_INVALID', message: expect.not.stringMatching(/geh|eim|12/) })
  }
})

test('encoded it is a password', () => {
  const { address, config } = connectionSettings('postgres://me:geh%2Feim%40%23@db/a%40b')
  expect([address, config.password, config.database]).toEqual(['postgres://db/a@b', 'geh/eim@#', 'a@b'])
  expect(connectionSettings('postgres://me:geheim@db/app?application_name=#1').address).toBe('postgres://db/app')
})
