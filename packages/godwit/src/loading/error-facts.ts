/** Node's `code` of an error, where it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The first line of what an error says; user code may throw anything. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.split('\n', 1)[0] ?? text
}

/** An import as its author wrote it, and the file it stands in. */
export interface MissingImport {
  specifier: string
  importer?: string
}

/** Whether Node did not find a module. */
export function isNotFound(error: unknown): error is Error {
  const code = errorCode(error)
  return error instanceof Error && (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
}

/** Notes on Node's error what was imported where: Node itself names the file that a package.json led to, if any. */
export function noteImport(error: unknown, specifier: string, importer: string): unknown {
  // A plain property, since it has to pass from the thread of the hooks.
  if (isNotFound(error) && writtenImport(error) === undefined) Object.assign(error, { import: { specifier, importer } })
  return error
}

/** What {@link noteImport} noted. */
export function writtenImport(error: Error): MissingImport | undefined {
  return 'import' in error ? (error.import as MissingImport) : undefined
}
