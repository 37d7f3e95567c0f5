import { serialize } from 'pg-protocol'
import { expect, test } from 'vitest'
import { encoded } from '../../src/databases/postgres/message.js'

test.each(['', 'select 1', `insert into t values ('größer — 語 😀')`, 'x'.repeat(100_000)])(
  'a message is encoded as the driver encodes it: %.20s',
  (text) => {
    expect(encoded(text).equals(serialize.query(text))).toBe(true)
  },
)
