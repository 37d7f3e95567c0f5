import { GodwitError } from '../../errors.js'

/** Where a connection leads. */
export interface Place {
  url: string
  address: string
  database: string
}

/** What the driver takes when the URL names none. */
const DEFAULT_DATABASE = 'test'

/** Where a URL leads: what may be shown has neither user nor password nor options. */
export function placeOf(url: string): Place {
  const [, scheme = 'mongodb', hosts = '', path = ''] =
    // Also a password whose slash is not written as %2F is a password.
    /^(mongodb(?:\+srv)?):\/\/(?:[^/]*@|[^@/]*:(?!\d+[/?,])[^@]*@)?([^/?]*)(?:\/([^?]*))?/.exec(url) ?? []
  const database = decoded(path) || DEFAULT_DATABASE
  return { url, database, address: `${scheme}://${hosts}/${database}` }
}

/**
 * The same server, another database.
 *
 * @param name empty: none is named
 * @throws GodwitError GODWIT_MONGO_URL_INVALID
 */
export function onMongoDatabase(url: string, name: string): string {
  const parts = /^(mongodb(?:\+srv)?:\/\/[^/?]*)(?:\/([^?]*))?(\?.*)?$/.exec(url)
  if (parts === null) throw new GodwitError('GODWIT_MONGO_URL_INVALID', { reason: 'it names no host' })
  const [, server = '', database = '', query = ''] = parts
  // The database of a URL is also the one that knows the user.
  const asks = server.includes('@') && !/[?&]authSource=/i.test(query)
  const source = asks ? `${query === '' ? '?' : '&'}authSource=${database === '' ? 'admin' : database}` : ''
  return `${server}/${name}${query}${source}`
}

/** A part of a URL as it is meant; one that is wrongly written stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
