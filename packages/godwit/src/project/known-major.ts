import { readCached, writeCached } from '../loading/cache-folder.js'

const nameOf = (project: string) => `server-major-${project.replaceAll(/\W/g, '_')}`

/** Remembers which major version of PostgreSQL a project runs on, for the shadows to be of the same. */
export function rememberMajor(project: string, major: number): void {
  if (knownMajor(project) !== major) writeCached(nameOf(project), String(major))
}

/** The major version that the project's server had when it was last seen. */
export function knownMajor(project: string): number | undefined {
  const major = Number(readCached(nameOf(project)))
  return major > 0 ? major : undefined
}
