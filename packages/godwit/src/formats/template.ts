import { existsSync, readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { unreadable } from './files.js'

/** What a new migration begins with, from a file of the project's. */
export interface Template {
  /** As the file's name has it, with its dot. */
  ending: string
  /** The text for a migration: `{{name}}` becomes its name. */
  textFor: (name: string) => string
}

/**
 * Reads a template.
 *
 * @param path relative to the project's folder
 * @throws GODWIT_FILE_UNREADABLE
 */
export function readTemplate(path: string, projectDir: string): Template {
  const file = resolve(projectDir, path)
  try {
    const text = readFileSync(file, 'utf8')
    return { ending: extname(file), textFor: (name) => text.replaceAll('{{name}}', () => name) }
  } catch (error) {
    throw unreadable(file, projectDir, error)
  }
}

/** The template of the way back: `table.down.sql` beside `table.sql`, if it is there. */
export function readDownTemplate(path: string, projectDir: string): Template | undefined {
  const down = path.replace(/(?:\.up)?\.sql$/i, '.down.sql')
  return down !== path && existsSync(resolve(projectDir, down)) ? readTemplate(down, projectDir) : undefined
}
