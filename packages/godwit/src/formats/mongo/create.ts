import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { GodwitError } from '../../errors.js'
import { moduleKindOf } from '../../loading/module-kind.js'
import type { FormatContext, NewMigration } from '../contract.js'
import { listFolder } from '../files.js'
import { nextPrefix } from '../node-pg-migrate/next-prefix.js'
import { readTemplate } from '../template.js'
import { chooseFile } from '../templates/choose.js'
import { addToArray } from './add-to-array.js'
import { isMigrationFile, isModuleName } from './find-migrations.js'
import { type NewShape, textOf } from './templates.js'

/**
 * Composes an empty migration: the folder's next number, the words with `-` between them, in the shape that the folder
 * has. Where an array lists the migrations, it is added there too.
 *
 * @param pattern the config's `migrations`
 * @param template a language (`ts`, `js`, …), a template's name, or a file whose text it begins with
 * @throws GODWIT_NAME_UNUSABLE, GODWIT_FILE_UNREADABLE, GODWIT_TEMPLATE_UNKNOWN
 */
export function composeMigration(
  name: string,
  { now, template }: { now: Date; template?: string },
  pattern: string,
  { projectDir }: Pick<FormatContext, 'projectDir'>,
): NewMigration {
  const { folder, array } = targetOf(pattern, projectDir)
  const siblings = namesIn(folder, projectDir)
  const { number, words } = parse(name, siblings, now)
  const full = `${number}-${words.join('-')}`
  const usual = usualEnding(siblings, array, projectDir)
  const { language, file } = templateOf(template, usual, projectDir)
  const given = file === undefined ? undefined : readTemplate(file, projectDir)
  const ending = given?.ending ?? language ?? usual
  const path = join(folder, full + ending)
  const exported = exportedName(words)
  const shape = shapeOf(path, siblings, folder)
  const migration: NewMigration = {
    name: full,
    files: [{ path, content: given?.textFor(full) ?? textOf(full, exported, shape) }],
  }
  if (array === undefined) return migration
  const added = addToArray(array, { file: path, exported }, projectDir)
  if ('content' in added) migration.files.push({ path: array, ...added })
  else migration.notes = [added.note]
  return migration
}

const languages = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs']

function templateOf(
  template: string | undefined,
  usual: string,
  projectDir: string,
): { language?: string; file?: string } {
  if (template === undefined) return {}
  if (languages.includes(template)) return { language: `.${template}` }
  const endings = [usual, ...languages.map((each) => `.${each}`)]
  return { file: chooseFile(template, { projectDir, endings, languages }) }
}

function targetOf(pattern: string, projectDir: string): { folder: string; array?: string } {
  const path = resolve(projectDir, pattern)
  if (isModuleName(pattern)) return { folder: dirname(path), array: path }
  // Of a glob, the folder that stands before its first wildcard.
  const parts = pattern.split('/')
  const wild = parts.findIndex((part) => /[*?{[!(]/.test(part))
  return { folder: wild < 0 ? path : resolve(projectDir, ...parts.slice(0, wild)) }
}

function namesIn(folder: string, projectDir: string): string[] {
  if (!existsSync(folder)) return []
  return listFolder(folder, projectDir)
    .filter(({ name, isFolder }) => !isFolder && isMigrationFile(name))
    .map(({ name }) => name)
    .sort(new Intl.Collator('en', { numeric: true }).compare)
}

/** `Add user preferences` → the next number, `add-user-preferences`; a number that is typed along counts. */
function parse(name: string, siblings: readonly string[], now: Date): { number: string; words: string[] } {
  const [, typed, rest = ''] = /^(?:(\d+)[-_ ])?(.*)$/s.exec(name.trim().replace(/\.[cm]?[jt]s$/, '')) ?? []
  const spaced = rest.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1-$2').toLowerCase()
  const words = spaced.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  if (words.length === 0) throw new GodwitError('GODWIT_NAME_UNUSABLE', { name })
  const numbered = siblings.filter((sibling) => /^\d/.test(sibling))
  const number = typed ?? (numbered.length === 0 ? '001' : nextPrefix(numbered, now, undefined))
  return { number, words }
}

/** `add user preferences` → `AddUserPreferencesMigration` */
function exportedName(words: readonly string[]): string {
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return `${/^\p{N}/u.test(joined) ? `_${joined}` : joined}Migration`
}

function usualEnding(siblings: readonly string[], array: string | undefined, projectDir: string): string {
  const like = siblings.at(-1) ?? array
  if (like !== undefined) return extname(like)
  return existsSync(join(projectDir, 'tsconfig.json')) ? '.ts' : '.js'
}

function shapeOf(path: string, siblings: readonly string[], folder: string): NewShape {
  const last = siblings.at(-1)
  const like = last === undefined ? '' : readFileSync(join(folder, last), 'utf8')
  const typed = /ts$/.test(path)
  const framework = typed && ['.ts', '.mts', '.cts'].some((ending) => existsSync(join(folder, `framework${ending}`)))
  return {
    typed,
    framework,
    // Without `import` a plain `.js` file is CommonJS.
    module: typed
      ? moduleKindOf(path) === 'esm'
      : moduleKindOf(path) === 'esm' || /^\s*(?:import|export)\b/m.test(like),
    semicolons: like === '' ? framework : /;\s*$/m.test(like),
  }
}
