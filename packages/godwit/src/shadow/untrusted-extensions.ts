import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'
import { ident } from '../sql/quote.js'
import { administer } from './administer.js'

/**
 * Makes in a shadow the extensions that only a superuser may make and that migrations make. Not one that leads out of it.
 *
 * @param database the shadow, as a superuser
 * @param texts the migrations, as far as they are text
 * @returns their names
 */
export async function makeUntrusted(
  database: ConnectionSettings,
  projectDir: string,
  texts: readonly string[],
): Promise<string[]> {
  const made = /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?\\?"?([\w-]+)/gi
  const names = new Set(texts.flatMap((text) => [...text.matchAll(made)].map(([, name = '']) => name)))
  if (names.size === 0) return []
  const { rows } = await administer(
    database,
    projectDir,
    `SELECT name FROM pg_available_extensions e JOIN pg_available_extension_versions v USING (name)
     WHERE v.version = e.default_version AND v.superuser AND NOT v.trusted AND name <> 'dblink'`,
  )
  const untrusted = (rows as { name: string }[]).map(({ name }) => name).filter((name) => names.has(name))
  for (const name of untrusted)
    await administer(database, projectDir, `CREATE EXTENSION IF NOT EXISTS ${ident(name)} CASCADE`)
  return untrusted
}

/** A text that takes those extensions as they are, where it would make them. */
export function takingThem(text: string, made: readonly string[]): string {
  return made.length === 0
    ? text
    : text.replaceAll(/\bcreate\s+extension\s+(?!if\s)(?="?([\w-]+))/gi, (found, name: string) =>
        made.includes(name) ? `${found}IF NOT EXISTS ` : found,
      )
}
