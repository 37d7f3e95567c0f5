import type { BSON, Document } from 'mongodb'

/** A part of a `$jsonSchema`, as far as it is understood here. */
export interface Schema {
  bsonType?: string | string[]
  type?: string | string[]
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  minItems?: number
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  additionalProperties?: unknown
}

/** Numbers of samples begin behind those that migrations give themselves. */
const FIRST = 1_000_000

/** A document that a schema allows, as far as it can be told by it; the server has the last word. */
export function sampleDocument(schema: Schema, row: number, bson: typeof BSON): Document {
  const { properties = {}, required = [] } = schema
  const names = [...new Set([...Object.keys(properties), ...required])].filter((name) => name !== '_id')
  return Object.fromEntries(names.map((name) => [name, sampleValue(name, properties[name] ?? {}, row, bson)]))
}

/** The same id for the same row in every collection, so that references find their document. */
export function sampleId(row: number, bson: typeof BSON): unknown {
  return new bson.ObjectId(`5a${'0'.repeat(14)}${row.toString(16).padStart(8, '0')}`)
}

function sampleValue(name: string, schema: Schema, row: number, bson: typeof BSON): unknown {
  if (schema.enum !== undefined && schema.enum.length > 0) return schema.enum[(row - 1) % schema.enum.length]
  const written = schema.bsonType ?? schema.type ?? (schema.properties === undefined ? 'string' : 'object')
  const type = Array.isArray(written) ? written.find((each) => each !== 'null') : written
  switch (type) {
    case 'object':
      return sampleDocument(schema, row, bson)
    case 'array':
      return Array.from({ length: Math.max(schema.minItems ?? 1, 1) }, (_, i) =>
        sampleValue(name, schema.items ?? {}, row + i, bson),
      )
    case 'objectId':
      return sampleId(row, bson)
    case 'date':
      return new Date(Date.UTC(2024, 0, row))
    case 'timestamp':
      return new bson.Timestamp({ t: 1_700_000_000 + row, i: 1 })
    case 'bool':
    case 'boolean':
      return row % 2 === 1
    case 'int':
      return new bson.Int32(numberFor(schema, row))
    case 'long':
      return bson.Long.fromNumber(numberFor(schema, row))
    case 'double':
      return new bson.Double(numberFor(schema, row))
    case 'number':
      return numberFor(schema, row)
    case 'decimal':
      return bson.Decimal128.fromString(String(numberFor(schema, row)))
    case 'binData':
      return new bson.Binary(Buffer.from([row]))
    case 'null':
      return null
    default:
      return textFor(name, schema, row)
  }
}

function numberFor({ minimum, maximum }: Schema, row: number): number {
  const wanted = FIRST + row
  if (maximum !== undefined && wanted > maximum) return Math.max(maximum - row + 1, minimum ?? maximum - row + 1)
  return Math.max(wanted, minimum ?? wanted)
}

// Of what is tried, the first that the pattern and the lengths allow.
function textFor(name: string, { pattern, minLength = 0, maxLength }: Schema, row: number): string {
  const hex = row.toString(16)
  // A pattern that begins with letters wants them, and seldom says much of the rest.
  const prefix = /^\^((?:[\w@:./-]|\\[^\w])+)/.exec(pattern ?? '')?.[1]?.replaceAll('\\', '') ?? ''
  const shapes = [
    /mail/i.test(name) ? `sample${row}@example.com` : `Sample ${row}`,
    `sample${row}@example.com`,
    `sample-${row}`,
    `+1555000${1_000 + row}`,
    `https://example.com/${row}`,
    String(FIRST + row),
    hex.padStart(24, '0'),
    hex.padStart(64, '0'),
    `${prefix}sample${row}`,
    `${prefix}${row}`,
    `${prefix}${hex.padStart(64, '0')}`,
    'US',
    'USD',
  ].map((text) => text.padEnd(minLength, 'x'))
  const fits = (text: string) => (maxLength === undefined || text.length <= maxLength) && matches(pattern, text)
  return shapes.find(fits) ?? (shapes[0] as string)
}

function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true
  try {
    return new RegExp(pattern).test(text)
  } catch {
    return true
  }
}
