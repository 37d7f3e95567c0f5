/** The driver's options as parts of a URL. */
export interface UriOptions {
  /** `name=value` by the name in lower case. */
  options: Map<string, string>
  /** User and password, ready for a URL; absent: the options hold none. */
  auth?: string
  /** The names of those that have no place in one. */
  left: string[]
}

// The driver has done without since its version 4.
const done = new Set(['useNewUrlParser', 'useUnifiedTopology'])
// A URL cannot say them, though they are plain.
const notInUrls = new Set(['serverApi', 'allowPartialTrustChain'])

/** Turns the driver's options into those of a URL. */
export function uriOptions(given: Readonly<Record<string, unknown>>): UriOptions {
  const options = new Map<string, string>()
  const left: string[] = []
  let auth: string | undefined
  const put = (name: string, value: string | number | boolean): void => {
    options.set(name.toLowerCase(), `${name}=${encodeURIComponent(value)}`)
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || done.has(name)) continue
    if (name === 'auth') auth = authOf(value)
    else if (name === 'rejectUnauthorized' && value === false) put('tlsAllowInvalidCertificates', true)
    else {
      const parts = notInUrls.has(name) ? undefined : partsOf(name, value)
      if (parts === undefined) left.push(name)
      else for (const [key, part] of parts) put(key, part)
    }
  }
  return { options, ...(auth === undefined ? {} : { auth }), left }
}

type Plain = string | number | boolean

function partsOf(name: string, value: unknown): [string, Plain][] | undefined {
  if (isPlain(value)) return name === 'rejectUnauthorized' ? [] : [[name, value]]
  if (Array.isArray(value))
    return name === 'compressors' && value.every(isPlain) ? [[name, value.join(',')]] : undefined
  const entries = Object.entries(value as object).filter(([, each]) => each !== undefined)
  if (!entries.every((entry): entry is [string, Plain] => isPlain(entry[1]))) return undefined
  if (name === 'authMechanismProperties') return [[name, entries.map((entry) => entry.join(':')).join(',')]]
  const names = inObjects[name]
  if (names === undefined || entries.some(([key]) => !(key in names))) return undefined
  return entries.map(([key, each]) => [names[key] ?? key, each])
}

/** What a URL calls the members of an option. */
const inObjects: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  writeConcern: { w: 'w', wtimeout: 'wtimeoutMS', wtimeoutMS: 'wtimeoutMS', j: 'journal', journal: 'journal' },
  readConcern: { level: 'readConcernLevel' },
  readPreference: { mode: 'readPreference', maxStalenessSeconds: 'maxStalenessSeconds' },
}

function authOf(value: unknown): string | undefined {
  const { username, user, password } = value as { username?: unknown; user?: unknown; password?: unknown }
  const name = username ?? user
  if (typeof name !== 'string' || name === '') return undefined
  return encodeURIComponent(name) + (typeof password === 'string' ? `:${encodeURIComponent(password)}` : '')
}

function isPlain(value: unknown): value is Plain {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
