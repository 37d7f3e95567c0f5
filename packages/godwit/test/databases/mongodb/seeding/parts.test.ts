import { BSON, Decimal128, Long, ObjectId } from 'mongodb'
import { expect, test } from 'vitest'
import { Bson } from '../../../../src/databases/mongodb/seeding/bson.js'
import { anyOf } from '../../../../src/databases/mongodb/seeding/query.js'
import { RowIds } from '../../../../src/databases/mongodb/seeding/row-ids.js'
import { SeenKeys } from '../../../../src/databases/mongodb/seeding/seen-keys.js'
import { refusal, withoutValues } from '../../../../src/databases/mongodb/seeding/write-errors.js'

const bson = new Bson(BSON)

test('an _id says which row of this upsert it was made for, and is an ObjectId as any other', () => {
  const [ids, others] = [new RowIds(ObjectId), new RowIds(ObjectId)]
  const id = ids.next(70_000)
  expect(Math.abs(id.getTimestamp().getTime() - Date.now())).toBeLessThan(5_000)
  expect([ids.rowOf(id), others.rowOf(id), ids.rowOf(new ObjectId()), ids.rowOf('x')]).toEqual([70_000, ...Array(3)])
  expect(new Set(Array.from({ length: 1_000 }, (_, n) => ids.next(n).toHexString())).size).toBe(1_000)
})

test('keys that were seen are known again, in memory that ends somewhere', () => {
  const seen = new SeenKeys()
  const many = 1_600_000
  const before = process.memoryUsage().arrayBuffers
  for (let n = 1; n <= many; n++) if (seen.rowOf(`k${n}`, n) !== undefined) throw new Error(`k${n} was never there`)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80_000_000)
  expect([seen.rowOf('k1', 5), seen.rowOf('k1000000', 5)]).toEqual([1, 1_000_000])
  expect(seen.rowOf(`k${many}`, 5)).toBeUndefined()
})

test('what all keys share is asked once', () => {
  const campaign = new ObjectId()
  const rows = [1, 2].map((n) => ({ campaign, phone: `+${n}`, n: 1 }))
  expect(anyOf(rows, ['campaign', 'phone'], bson)).toEqual({
    campaign: { $eq: campaign },
    phone: { $in: ['+1', '+2'] },
  })
  expect(anyOf(rows.slice(0, 1), ['phone'], bson)).toEqual({ phone: { $eq: '+1' } })
  const places = [
    { a: 1, b: { c: 1 } },
    { a: 2, b: { c: 2 } },
  ]
  expect(anyOf(places, ['a', 'b.c'], bson)).toEqual({
    $or: [
      { a: { $eq: 1 }, 'b.c': { $eq: 1 } },
      { a: { $eq: 2 }, 'b.c': { $eq: 2 } },
    ],
  })
})

test('values are the same as the server writes them', () => {
  const different = (a: object, b: object) =>
    bson.different(bson.normal(a as never), bson.comparable(BSON.serialize(b as never)))
  expect(different({ n: 5, x: undefined }, { n: Long.fromNumber(5), y: 1 })).toEqual([])
  expect(different({ n: new Date(5), o: { a: [1, 2] } }, { o: { a: [1, 2] }, n: new Date(5) })).toEqual([])
  expect(different({ a: null, b: '5', c: { x: 1, y: 2 } }, { b: 5, c: { y: 2, x: 1 } })).toEqual(['a', 'b', 'c'])
  const decimal = Decimal128.fromString('1.50')
  expect(different({ a: decimal, b: decimal }, { a: decimal, b: 1.5 })).toEqual(['b'])
  expect(different({ raw: Buffer.from('ab') }, { raw: Buffer.from('ab') })).toEqual([])
})

test('what the server refuses is told without the values of the document', () => {
  const errmsg = 'E11000 duplicate key error collection: shop.users index: phone_1 dup key: { phone: "0123-secret" }'
  expect(refusal({ index: 0, code: 11000, errmsg })).toBe('another document has what the unique index phone_1 is about')
  const details = {
    operatorName: '$jsonSchema',
    schemaRulesNotSatisfied: [
      {
        operatorName: 'properties',
        propertiesNotSatisfied: [
          {
            propertyName: 'role',
            details: [{ operatorName: 'enum', specifiedAs: { enum: ['a'] }, reason: 'no', consideredValue: 'secret' }],
          },
          { propertyName: 'email', description: 'lower case', details: [] },
        ],
      },
      { operatorName: 'required', missingProperties: ['active'] },
    ],
  }
  expect(refusal({ index: 0, code: 121, errmsg: 'Document failed validation', errInfo: { details } })).toBe(
    "the collection's validator: role: enum; email: lower case; active is missing",
  )
  expect(refusal({ index: 0, code: 121, errmsg: 'x' })).toBe("the collection's validator refuses it")
  expect(refusal({ index: 0, code: 16755, errmsg: "Can't extract geo keys: { _id: 1, secret: 2 }" })).toBe(
    "Can't extract geo keys",
  )
  expect(withoutValues(new Error('plain'))).toBe('plain')
})
