import { expect, test } from 'vitest'
import { checkEnvironment } from '../../src/config/environment'
import { portFrom } from '../../src/config/port'

test('a port that is not set, or set to nothing, is the default', () => {
  expect(portFrom({}, 'PORT', 4001)).toBe(4001)
  expect(portFrom({ PORT: '' }, 'PORT', 4001)).toBe(4001)
  expect(portFrom({ PORT: '65535' }, 'PORT', 4001)).toBe(65_535)
})

test.each(['0', '65536', '4001a', '4e3', '0x10', '-1', ' ', '40.1'])('%j is no port', (given) => {
  expect(() => portFrom({ PORT: given }, 'PORT', 4001)).toThrow(`PORT must be a port number, not "${given}"`)
})

test('the ports of the environment are numbers; everything else stays', () => {
  expect(checkEnvironment({ DATABASE_PORT: '6543', DATABASE_NAME: 'other' })).toEqual({
    DATABASE_PORT: 6543,
    DATABASE_NAME: 'other',
    USER_SERVICE_PORT: 4001,
  })
})
