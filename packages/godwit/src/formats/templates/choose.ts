import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { nearestTo } from '../../engine/find-name.js'
import { GodwitError } from '../../errors.js'
import type { SchemaTemplate } from './description.js'
import { schemas } from './known.js'

/** Where a project keeps templates of its own. */
export const ownFolder = 'godwit/templates'

/** What `--template` named: a schema that comes with Godwit, or the path of a file. */
export type Chosen = { schema: SchemaTemplate } | { file: string }

/** What a format can begin a migration with. */
export interface Choice {
  projectDir: string
  /** Of a file, the likeliest first. */
  endings: readonly string[]
  /** Words that the format knows itself, for the error. */
  languages?: readonly string[]
}

/**
 * Finds what a word behind `--template` means: a template of the project's own, one that comes with Godwit, or a file.
 *
 * @throws GODWIT_TEMPLATE_UNKNOWN with the nearest name and all there are. A path is not looked for here.
 */
export function chooseTemplate(wanted: string, choice: Choice): Chosen {
  return choose(wanted, choice, schemas)
}

/** The same for a format that writes no SQL: the path of a file. */
export function chooseFile(wanted: string, choice: Choice): string {
  const chosen = choose(wanted, choice, [])
  return 'file' in chosen ? chosen.file : wanted
}

function choose(wanted: string, choice: Choice, writable: readonly SchemaTemplate[]): Chosen {
  const { projectDir, endings } = choice
  if (!/^[\w-]+$/.test(wanted)) return { file: wanted }
  const own = endings.map((ending) => join(ownFolder, wanted + ending)).find((path) => isFile(path, projectDir))
  if (own !== undefined) return { file: own }
  const schema = writable.find(({ name }) => name === wanted)
  if (schema !== undefined) return { schema }
  if (isFile(wanted, projectDir)) return { file: wanted }
  const known = [...new Set([...ownNames(choice), ...writable.map(({ name }) => name), ...(choice.languages ?? [])])]
  throw new GodwitError('GODWIT_TEMPLATE_UNKNOWN', { wanted, known, nearest: nearestTo(wanted, known) })
}

function ownNames({ projectDir, endings }: Choice): string[] {
  let files: string[]
  try {
    files = readdirSync(resolve(projectDir, ownFolder))
  } catch {
    return []
  }
  return files
    .flatMap((file) => {
      const ending = endings.find((each) => file.endsWith(each))
      return ending === undefined || file.endsWith('.down.sql') ? [] : [file.slice(0, -ending.length)]
    })
    .filter((name) => /^[\w-]+$/.test(name))
    .sort()
}

function isFile(path: string, projectDir: string): boolean {
  return statSync(resolve(projectDir, path), { throwIfNoEntry: false })?.isFile() ?? false
}
