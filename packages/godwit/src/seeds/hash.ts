import { inspect } from 'node:util'

/** How a password is hashed. */
export interface HashOptions {
  /** What it costs: bcrypt's cost (default 10), argon2's number of passes. */
  rounds?: number
  /** The project's own functions, instead of a library that its package.json names. */
  with?: HashFunctions
  /** The entity's own hook hashes it when the row is saved: it is given as it is, and only compared. For `entity` seeds. */
  byHook?: boolean
}

/** What makes a hash and what tells whether one fits. */
export interface HashFunctions {
  hash: (plain: string) => string | Promise<string>
  verify: (plain: string, hash: string) => boolean | Promise<boolean>
}

/** A password that is hashed when its row is put there. */
export interface HashToken {
  options: HashOptions
  plain: string
}

const HASH = Symbol.for('godwit.seed.hash')

/**
 * Stands for the hash of a password, made by what the project has: bcrypt, bcryptjs, \@node-rs/bcrypt, argon2 or
 * \@node-rs/argon2. A row whose hash fits the password counts as unchanged.
 *
 * @example
 * defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'a@example.com', password: hash(process.env.PASSWORD ?? '') }] })
 */
export function hash(plain: string, options: HashOptions = {}): unknown {
  if (typeof plain !== 'string' || plain === '') throw new TypeError('hash() takes a password, and was given none')
  // Nothing that prints or serializes the row may find the password in it.
  const token = { toJSON: () => SHOWN, [inspect.custom]: () => SHOWN }
  // What writes it by itself would write what is shown.
  for (const name of ['toPostgres', 'toBSON']) Object.defineProperty(token, name, { value: notWritten })
  return Object.defineProperty(token, HASH, { value: (): HashToken => ({ plain, options }) })
}

const SHOWN = '[hash]'

function notWritten(): never {
  throw new TypeError(
    'hash() is for rows of a seed or of upsert(); a query of its own is given a hash that is made already',
  )
}

/** What {@link hash} of whichever copy of the package stands for; `undefined`: the value is another. */
export function hashToken(value: unknown): HashToken | undefined {
  if (typeof value !== 'object' || value === null || !(HASH in value)) return undefined
  return (value[HASH] as () => HashToken)()
}
