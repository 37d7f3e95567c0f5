const plain = /^[\p{L}\p{N}_@%+=:,./-]+$/u

/**
 * A name as one word of a command that is to be copied into a POSIX shell: in quotes where it needs them.
 *
 * @param name what only stands for a name, as in the reference page, stays as it is
 */
export function shellWord(name: string | undefined): string {
  if (typeof name !== 'string' || plain.test(name)) return String(name)
  return `'${name.replaceAll("'", "'\\''")}'`
}
