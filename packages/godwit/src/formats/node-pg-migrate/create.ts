import { readFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { FormatContext, NewMigration } from '../contract.js'
import { refusePathUp } from '../name.js'
import { readTemplate, type Template } from '../template.js'
import { chooseTemplate } from '../templates/choose.js'
import type { SchemaTemplate } from '../templates/description.js'
import { refuseSecond } from '../templates/only-once.js'
import { writePgm } from '../templates/write-pgm.js'
import { writeSections } from '../templates/write-sql.js'
import { fileNamesIn } from './list.js'
import { nextPrefix } from './next-prefix.js'
import { languages, type MigrationLanguage } from './section.js'
import type { Settings } from './settings.js'
import { moduleLanguage, templateFor } from './templates.js'

/**
 * Composes an empty migration, named as node-pg-migrate names them: a number, `_`, and the words with `-` between them.
 *
 * @param template a language (`ts`, `sql`, …), a template's name, or a file whose text it begins with; default as the
 *   settings say, then as the folder has it
 * @param list the project's migrations, asked for where a template may be used once only
 * @throws GODWIT_NAME_UNUSABLE, GODWIT_FILE_UNREADABLE, GODWIT_TEMPLATE_UNKNOWN, GODWIT_TEMPLATE_USED
 */
export async function composeMigration(
  name: string,
  { now, template, textOf }: { now: Date; template?: string; textOf?: TextOf },
  settings: Settings,
  { projectDir }: Pick<FormatContext, 'projectDir'>,
  list: () => Promise<readonly MigrationFile[]>,
): Promise<NewMigration> {
  refusePathUp(name)
  const words = name.trim().replace(/[\s_/\\:*?"<>|\p{Cc}]+/gu, '-')
  if (/^[-.]*$/.test(words)) throw new GodwitError('GODWIT_NAME_UNUSABLE', { name })
  const { folder, fileNames } = folderOf(settings, projectDir)
  const { ending, textFor } = await templateOf(template, { settings, fileNames, folder, projectDir, list, textOf })
  const full = `${nextPrefix(fileNames, now, settings.filenameFormat)}_${words}`
  return { name: full, files: [{ path: join(folder, full + ending), content: textFor(full) }] }
}

/** The text of a migration in a language; `inModule`: a `.js` file there is an ES module. */
type TextOf = (language: MigrationLanguage, inModule: boolean) => string

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

interface Surroundings {
  settings: Settings
  fileNames: readonly string[]
  folder: string
  projectDir: string
  list: () => Promise<readonly MigrationFile[]>
  textOf: TextOf | undefined
}

async function templateOf(template: string | undefined, around: Surroundings): Promise<Template> {
  const { settings, fileNames, folder, projectDir, list, textOf } = around
  const usual = settings.language ?? lastLanguage(fileNames)
  if (textOf !== undefined) return { ending: `.${usual}`, textFor: () => textOf(usual, isModule(folder, projectDir)) }
  if (template === undefined && settings.language === undefined && settings.templateFileName !== undefined)
    return readTemplate(settings.templateFileName, projectDir)
  const language = template === undefined ? usual : languageOf(template)
  const inModule = isModule(folder, projectDir)
  if (template === undefined || language !== undefined)
    return { ending: `.${language ?? usual}`, textFor: () => templateFor(language ?? usual, inModule) }
  const endings = [usual, ...languages].map((each) => `.${each}`)
  const chosen = chooseTemplate(template, { projectDir, endings, languages })
  if ('file' in chosen) return readTemplate(chosen.file, projectDir)
  await refuseSecond(chosen.schema, list, projectDir)
  return { ending: `.${usual}`, textFor: () => schemaText(chosen.schema, usual, inModule) }
}

function schemaText(schema: SchemaTemplate, language: MigrationLanguage, inModule: boolean): string {
  return language === 'sql' ? writeSections(schema) : writePgm(schema, moduleLanguage(language, inModule))
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
