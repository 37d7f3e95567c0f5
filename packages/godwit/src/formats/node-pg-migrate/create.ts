import { readFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { GodwitError } from '../../errors.js'
import type { FormatContext, NewMigration } from '../contract.js'
import { readTemplate, type Template } from '../template.js'
import { fileNamesIn } from './list.js'
import { nextPrefix } from './next-prefix.js'
import { languages, type MigrationLanguage } from './section.js'
import type { Settings } from './settings.js'
import { templateFor } from './templates.js'

/**
 * Composes an empty migration, named as node-pg-migrate names them: a number, `_`, and the words with `-` between them.
 *
 * @param template a language (`ts`, `sql`, …) or a file whose text it begins with; default as the settings say, then as
 *   the folder has it
 * @throws GODWIT_NAME_UNUSABLE, GODWIT_FILE_UNREADABLE
 */
export function composeMigration(
  name: string,
  { now, template }: { now: Date; template?: string },
  settings: Settings,
  { projectDir }: Pick<FormatContext, 'projectDir'>,
): NewMigration {
  const words = name.trim().replace(/[\s_/\\:*?"<>|\p{Cc}]+/gu, '-')
  if (/^[-.]*$/.test(words)) throw new GodwitError('GODWIT_NAME_UNUSABLE', { name })
  const { folder, fileNames } = folderOf(settings, projectDir)
  const { ending, textFor } = templateOf(template, settings, fileNames, folder, projectDir)
  const full = `${nextPrefix(fileNames, now, settings.filenameFormat)}_${words}`
  return { name: full, files: [{ path: join(folder, full + ending), content: textFor(full) }] }
}

function folderOf({ source }: Settings, projectDir: string): { folder: string; fileNames: string[] } {
  if ('folder' in source) {
    return { folder: source.folder, fileNames: fileNamesIn(source.folder, source.ignored, projectDir) }
  }
  // Of a glob, the folder that stands before its first wildcard.
  const fixed = (source.globs[0] ?? 'migrations').split('/')
  const wild = fixed.findIndex((part) => /[*?{[!(]/.test(part))
  const folder = resolve(projectDir, ...(wild === -1 ? fixed.slice(0, -1) : fixed.slice(0, wild)))
  return { folder, fileNames: fileNamesIn(folder, /^\./, projectDir) }
}

function templateOf(
  template: string | undefined,
  settings: Settings,
  fileNames: readonly string[],
  folder: string,
  projectDir: string,
): Template {
  const asked = template ?? (settings.language === undefined ? settings.templateFileName : settings.language)
  const language = asked === undefined ? lastLanguage(fileNames) : languageOf(asked)
  if (language === undefined) return readTemplate(asked ?? '', projectDir)
  return { ending: `.${language}`, textFor: () => templateFor(language, isModule(folder, projectDir)) }
}

function lastLanguage(fileNames: readonly string[]): MigrationLanguage {
  const last = fileNames.toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true })).at(-1)
  return languageOf(extname(last ?? '').slice(1)) ?? 'js'
}

function languageOf(word: string): MigrationLanguage | undefined {
  return languages.find((language) => language === word)
}

// A `.js` file is what the nearest package.json says.
function isModule(folder: string, projectDir: string): boolean {
  for (let at = folder; at.length >= projectDir.length; at = dirname(at)) {
    try {
      return /"type"\s*:\s*"module"/.test(readFileSync(join(at, 'package.json'), 'utf8'))
    } catch {
      if (at === dirname(at)) return false
    }
  }
  return false
}
