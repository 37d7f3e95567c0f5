/** Where a URL leads, for people: without user and password, and without options. */
export function mongoAddress(url: string): string {
  const [, scheme = 'mongodb', hosts = '', database = ''] =
    /^(mongodb(?:\+srv)?):\/\/(?:[^@/]*@)?([^/?]*)(?:\/([^?]*))?/.exec(url) ?? []
  return `${scheme}://${hosts}/${decoded(database) || DEFAULT_DATABASE}`
}

/** What the driver takes when the URL names none. */
export const DEFAULT_DATABASE = 'test'

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
