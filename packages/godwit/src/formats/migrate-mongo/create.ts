import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GodwitError, isGodwitError } from '../../errors.js'
import { moduleKindOf } from '../../loading/module-kind.js'
import type { NewMigration } from '../contract.js'
import { readTemplate, type Template } from '../template.js'
import { chooseFile } from '../templates/choose.js'
import { freeTimestamp } from '../timestamp.js'
import type { FileNames } from './file-names.js'
import { migrationFilesIn } from './list.js'
import type { Settings } from './settings.js'
import { templateFor } from './templates.js'

const languages = ['js', 'ts', 'cjs', 'mjs', 'cts', 'mts']

/**
 * Composes an empty migration `YYYYMMDDHHmmss-some_words.js`, as migrate-mongo names them. It begins with the project's
 * own `sample-migration.*` where there is one.
 *
 * @param template an ending (`ts`, `mjs`, …), a template's name, or a file whose text it begins with
 * @throws GODWIT_NAME_UNUSABLE, GODWIT_FILE_UNREADABLE, GODWIT_TEMPLATE_UNKNOWN
 */
export function composeMigration(
  name: string,
  { now, template }: { now: Date; template?: string },
  settings: Settings,
  names: FileNames,
  projectDir: string,
): NewMigration {
  const words = name.trim().replace(/[\s/\\:*?"<>|\p{Cc}]/gu, '_')
  if (/^[-._]*$/.test(words)) throw new GodwitError('GODWIT_NAME_UNUSABLE', { name })
  const { folder } = settings
  const full = `${freeTimestamp(fileNamesIn(folder, names, projectDir), now)}-${words}`
  const { ending, textFor } = templateOf(template, settings, projectDir)
  return { name: full, files: [{ path: join(folder, full + ending), content: textFor(full) }] }
}

function templateOf(template: string | undefined, settings: Settings, projectDir: string): Template {
  const { folder, esModules } = settings
  const asked = template === undefined ? settings.ending : languages.includes(template) ? `.${template}` : undefined
  if (asked === undefined) return readTemplate(fileOf(template ?? '', settings.ending, projectDir), projectDir)
  const sample = join(folder, `sample-migration${asked}`)
  if (existsSync(sample)) return readTemplate(sample, projectDir)
  const kind = moduleKindOf(join(folder, `new${asked}`))
  return { ending: asked, textFor: () => templateFor(asked, kind === 'esm' || (kind === 'unsaid' && esModules)) }
}

function fileOf(template: string, ending: string, projectDir: string): string {
  return chooseFile(template, { projectDir, endings: [ending, ...languages.map((each) => `.${each}`)], languages })
}

function fileNamesIn(folder: string, names: FileNames, projectDir: string): string[] {
  try {
    return migrationFilesIn(folder, names, projectDir)
  } catch (error) {
    if (isGodwitError(error) && error.code === 'GODWIT_FOLDER_MISSING') return []
    throw error
  }
}
