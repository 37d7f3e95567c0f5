import { Ajv } from 'ajv'
import { ObjectId } from 'mongodb'

const kinds: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null,
  objectId: (value) => value instanceof ObjectId,
  date: (value) => value instanceof Date,
}

/** What a collection's `$jsonSchema` has against a document: MongoDB's schemas are JSON schemas with `bsonType`. */
export function complaints(schema: object, document: unknown): string[] {
  const ajv = new Ajv({ allErrors: true, strict: false })
  ajv.addKeyword({ keyword: 'bsonType', validate: (kind: string, value: unknown) => kinds[kind]?.(value) ?? false })
  const validate = ajv.compile(schema)
  validate(document)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
