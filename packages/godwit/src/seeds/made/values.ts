import type { Faker } from '@faker-js/faker'
import type { TypedColumn } from '../../databases/seeding.js'

/** Makes the value of a column for the row with a number. */
export type Maker = (number: bigint) => unknown

/** So many values of a column are made; rows share them. */
const POOL = 500

/**
 * Makes values for a column by its type, and texts by its name too.
 *
 * @param unique each row gets another one: it ends in the row's number
 * @returns `undefined`: nothing is known of its type
 */
export function makerFor(column: TypedColumn, fake: Faker, unique: boolean): Maker | undefined {
  const plain = column.values === null ? plainFor(column, fake, unique) : oneOf(column.values, fake)
  if (plain === undefined || !column.array) return plain
  return (number) => [plain(number), plain(number + 1n)]
}

function plainFor(column: TypedColumn, fake: Faker, unique: boolean): Maker | undefined {
  const { type, length, scale } = column
  const whole = wholes[type]
  if (whole !== undefined)
    return unique ? (number) => number : pooled(fake, () => fake.number.int({ min: 1, max: whole }))
  if (texts.has(type)) return textFor(column, fake, unique)
  switch (type) {
    case 'uuid':
      return () => fake.string.uuid()
    case 'bool':
      return pooled(fake, () => fake.datatype.boolean())
    case 'numeric':
      if (unique) return (number) => number
      return pooled(fake, () => decimal(fake, length, scale))
    case 'float4':
    case 'float8':
    case 'money':
      return unique
        ? (number) => Number(number)
        : pooled(fake, () => fake.number.float({ min: 1, max: 1_000, fractionDigits: 2 }))
    case 'date':
      return pooled(fake, () => fake.date.past({ years: 5 }).toISOString().slice(0, 10))
    case 'timestamp':
    case 'timestamptz':
      return () => fake.date.past({ years: 5 }).toISOString()
    case 'time':
      return pooled(fake, () => fake.date.past().toISOString().slice(11, 19))
    case 'interval':
      return pooled(fake, () => `${fake.number.int({ min: 1, max: 1_000 })} minutes`)
    case 'json':
    case 'jsonb':
      return pooled(fake, () => ({ note: fake.lorem.words(3), count: fake.number.int({ max: 100 }) }))
    case 'bytea':
      return pooled(fake, () => Buffer.from(fake.string.alphanumeric(16)))
    case 'inet':
      return pooled(fake, () => fake.internet.ipv4())
    case 'macaddr':
      return pooled(fake, () => fake.internet.mac())
    default:
      return undefined
  }
}

const wholes: Record<string, number> = { int2: 30_000, int4: 1_000_000, int8: 1_000_000_000 }
const texts = new Set(['text', 'varchar', 'bpchar', 'citext', 'name'])

function decimal(fake: Faker, digits: number | null, scale: number | null): string {
  const behind = scale ?? 2
  const before = Math.max(0, Math.min((digits ?? 8) - behind, 4))
  return fake.number.float({ min: 0, max: 10 ** before - 1, fractionDigits: Math.min(behind, 8) }).toFixed(behind)
}

// What a column is called says what people put there.
const byName: [RegExp, (fake: Faker) => string][] = [
  [/e_?mail/i, (fake) => fake.internet.email().toLowerCase()],
  [/first_?name/i, (fake) => fake.person.firstName()],
  [/last_?name|surname/i, (fake) => fake.person.lastName()],
  [/user_?name|login|nick/i, (fake) => fake.internet.username()],
  [/company|organi[sz]ation/i, (fake) => fake.company.name()],
  [/phone|mobile/i, (fake) => fake.phone.number({ style: 'international' })],
  [/url|website|link|endpoint/i, (fake) => fake.internet.url()],
  [/street|address/i, (fake) => fake.location.streetAddress()],
  [/zip|post_?code/i, (fake) => fake.location.zipCode()],
  [/city|town/i, (fake) => fake.location.city()],
  [/country/i, (fake) => fake.location.country()],
  [/currency/i, (fake) => fake.finance.currencyCode()],
  [/colou?r/i, (fake) => fake.color.human()],
  [/pass_?word|hash|token|secret/i, (fake) => fake.string.alphanumeric(32)],
  [/title|subject/i, (fake) => fake.lorem.sentence(4)],
  [/description|content|body|text|comment|note|message/i, (fake) => fake.lorem.sentences(2)],
  [/name/i, (fake) => fake.person.fullName()],
]

function textFor({ name, length }: TypedColumn, fake: Faker, unique: boolean): Maker {
  const make = byName.find(([pattern]) => pattern.test(name))?.[1] ?? ((from: Faker) => from.lorem.words(2))
  const texts = pooled(fake, () => make(fake))
  return (number) => {
    const text = texts(number) as string
    if (!unique) return cut(text, length)
    const at = text.indexOf('@')
    if (at > 0) return cut(`${number.toString(36)}.${text}`, length)
    const end = `-${number.toString(36)}`
    return `${cut(text, length === null ? null : length - end.length)}${end}`
  }
}

function cut(text: string, length: number | null): string {
  return length === null ? text : [...text].slice(0, Math.max(0, length)).join('')
}

function oneOf(values: readonly string[], fake: Faker): Maker {
  return pooled(fake, () => fake.helpers.arrayElement(values))
}

// A faker makes some ten thousand values a second; rows in millions take theirs from a pool.
function pooled(fake: Faker, make: () => unknown): Maker {
  const pool = Array.from({ length: POOL }, make)
  return () => pool[fake.number.int({ max: POOL - 1 })]
}
