import type { FormatContext } from '../contract.js'
import type { OwnConfig } from './own-config.js'
import { uriOptions } from './uri-options.js'

/**
 * The URL that migrate-mongo's config describes: `databaseName` in its path, and the driver's options with it.
 *
 * @param warn told of an option that has no place in a URL
 */
export function targetOf(own: OwnConfig, warn: FormatContext['warn']): string | undefined {
  const { url, databaseName, file } = own
  if (url === undefined) return undefined
  const parts = /^(mongodb(?:\+srv)?:\/\/)(?:([^@/]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(url)
  if (parts === null) return url
  const [, scheme, user = '', hosts, path = '', query = ''] = parts
  const { options, auth, left } = uriOptions(own.options ?? {})
  for (const name of left) warn(`${file}: mongodb.options.${name} cannot stand in a URL and is left out.`)
  // The driver takes an option before what its URL says.
  const written = query.split('&').filter((each) => each !== '' && !options.has(keyOf(each)))
  const all = [...written, ...options.values()]
  const login = auth ?? user
  const database = databaseName === undefined ? path : encodeURIComponent(databaseName)
  // The database of a URL is also the one that knows the user, unless an option says another.
  const moved = login !== '' && database !== path
  // With +srv the name server may say it, and what it says counts before a path.
  const source = moved && (path === '' || scheme === 'mongodb://') ? authSource(all, path) : undefined
  if (source !== undefined) all.push(`authSource=${source}`)
  return `${scheme}${login === '' ? '' : `${login}@`}${hosts}/${database}${all.length > 0 ? `?${all.join('&')}` : ''}`
}

/** What the driver would take without a word; `undefined`: it is said, or does not go by the database. */
function authSource(options: readonly string[], path: string): string | undefined {
  if (options.some((each) => keyOf(each) === 'authsource')) return undefined
  const mechanism = options.find((each) => keyOf(each) === 'authmechanism')?.split('=')[1]
  if (mechanism === undefined || mechanism === 'DEFAULT' || mechanism.startsWith('SCRAM')) return path || 'admin'
  return mechanism === 'PLAIN' ? path || '%24external' : undefined
}

function keyOf(option: string): string {
  return option.split('=', 1)[0]?.toLowerCase() ?? ''
}
