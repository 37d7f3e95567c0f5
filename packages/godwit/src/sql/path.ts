/**
 * Names on the way to an object as people write them: `users`, `users.name`, `app.users`. One that holds what parts names stands in
 * double quotes, as in SQL: `"my.table".name`; a quote within is doubled. Letters stay as they are, with quotes and without.
 *
 * @param names outermost first; those that are `undefined` are left out
 */
export function pathText(names: readonly (string | undefined)[]): string {
  return names.flatMap((name) => (name === undefined ? [] : [partText(name)])).join('.')
}

function partText(name: string): string {
  return /[.:"]|^\s|\s$|^$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
}

/** The names in a path; an empty one is refused by who knows what to say. `undefined`: a quote in it is not where one can be. */
export function pathNames(path: string): string[] | undefined {
  const names: string[] = []
  for (const written of splitOutsideQuotes(path, '.')) {
    const part = written.trim()
    const quoted = /^"((?:[^"]|"")+)"$/.exec(part)?.[1]
    if (quoted === undefined && part.includes('"')) return undefined
    names.push(quoted?.replaceAll('""', '"') ?? part)
  }
  return names
}

/** Splits at every separator behind which quotes come in pairs. */
export function splitOutsideQuotes(text: string, separator: '.' | ':'): string[] {
  return text.split(new RegExp(`[${separator}](?=(?:[^"]*"[^"]*")*[^"]*$)`))
}
