/** What a role that owns only its database may not make. */
const MIGHTY = /^(?:PUBLICATION|EVENT TRIGGER|SUBSCRIPTION)\b/

/**
 * The lines of `pg_restore --list` that are to be restored. Pure. The comment of an extension comes with it, and only its owner could write
 * it again.
 *
 * @param scratch for a database that is thrown away, whose owner is no superuser
 */
export function wantedEntries(list: string, scratch: boolean): string {
  const wanted = list.split('\n').filter((line) => {
    const entry = /^\d+; \d+ \d+ (.*)$/.exec(line)?.[1]
    if (entry === undefined) return false
    return !entry.startsWith('COMMENT - EXTENSION ') && !(scratch && MIGHTY.test(entry))
  })
  return `${wanted.join('\n')}\n`
}
