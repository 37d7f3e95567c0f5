import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { unreadable } from '../files.js'
import type { ModuleText, Value } from './module-shapes.js'
import { readModuleText } from './module-text.js'

/** A module's text, as it was and as it was read; `undefined`: it cannot be read without running it. */
export interface SourceModule {
  path: string
  content: Buffer
  source: string
  text: ModuleText | undefined
}

/** Where a value led to. */
export type Followed =
  | { found: Value; module: SourceModule }
  /** Only running it tells. */
  | { found: 'unsure' }
  /** It certainly is not there. */
  | { found: 'nothing'; reason: string }

const endings = ['', '.ts', '.js', '.mts', '.cts', '.mjs', '.cjs', '/index.ts', '/index.js']
const unsure: Followed = { found: 'unsure' }
/** Imports of imports that are followed; more is a circle. */
const levels = 8

/** Follows names through the relative imports of modules, each of which is read once. */
export class ModuleGraph {
  readonly #projectDir: string
  readonly #modules = new Map<string, SourceModule>()

  constructor(projectDir: string) {
    this.#projectDir = projectDir
  }

  /** Reads a module's text. @throws GODWIT_FILE_UNREADABLE */
  module(path: string): SourceModule {
    const known = this.#modules.get(path)
    if (known !== undefined) return known
    try {
      const content = readFileSync(path)
      const source = content.toString()
      const module = { path, content, source, text: readModuleText(source) }
      this.#modules.set(path, module)
      return module
    } catch (error) {
      throw unreadable(path, this.#projectDir, error)
    }
  }

  /** What a value of a module comes down to: an object, an array, or something that is neither. */
  follow(module: SourceModule, value: Value, level = 0): Followed {
    if (level > levels || value.kind === 'unsure' || value.kind === 'spread') return unsure
    if (value.kind === 'name') return this.local(module, value.name, level)
    if (value.kind !== 'member') return { found: value, module }
    const imported = module.text?.imports.get(value.of)
    if (imported?.name !== '*') return unsure
    return this.#imported(module, imported.from, value.name, level)
  }

  /** What a local name of a module stands for. */
  local(module: SourceModule, name: string, level = 0): Followed {
    const { source, text } = module
    const value = text?.values.get(name)
    if (value !== undefined) return isTouched(source, name) ? unsure : this.follow(module, value, level + 1)
    const imported = text?.imports.get(name)
    if (imported !== undefined) return this.#imported(module, imported.from, imported.name, level)
    // A function, a class, or a form of declaration that is not read here.
    return occurrences(source, name) > 1 ? unsure : nothing(`'${name}' is neither imported nor declared`)
  }

  /** What a module exports by a name. */
  exported(module: SourceModule, name: string, level = 0): Followed {
    const { source, text } = module
    if (text === undefined || level > levels) return unsure
    const value = text.exports.get(name)
    if (value !== undefined) return isTouched(source, name) ? unsure : this.follow(module, value, level + 1)
    for (const from of name === 'default' ? [] : text.passesOn) {
      const passed = this.#imported(module, from, name, level)
      if (passed.found !== 'nothing') return passed
    }
    if (text.mayExportMore || (name !== 'default' && occurrences(source, name) > 0)) return unsure
    return nothing(name === 'default' ? 'it has no default export' : `it does not export '${name}'`)
  }

  /** The file that a relative import means; `undefined`: it is not there. */
  fileOf(importer: string, specifier: string): string | undefined {
    const path = resolve(dirname(importer), specifier)
    const candidates = [path, path.replace(/\.([cm]?)js$/, '.$1ts')].flatMap((each) => endings.map((end) => each + end))
    return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile())
  }

  #imported(module: SourceModule, from: string, name: string, level: number): Followed {
    if (!/^\.{1,2}(?:\/|$)/.test(from) || name === '*') return unsure
    const file = this.fileOf(module.path, from)
    if (file === undefined) return nothing(`there is no file '${from}'`)
    const found = this.exported(this.module(file), name, level + 1)
    return found.found === 'nothing' ? nothing(`'${from}' does not give it: ${found.reason}`) : found
  }
}

function nothing(reason: string): Followed {
  return { found: 'nothing', reason }
}

function occurrences(source: string, name: string): number {
  return [...source.matchAll(wordPattern(name))].length
}

const change =
  /^\s*(?:\.\s*[\w$]+\s*=(?![=>])|\.\s*(?:push|unshift|splice|pop|shift|fill)\s*\(|\[[^\]\n]*\]\s*=(?![=>])|[+|&?]*=(?![=>]))/
const declares = /\b(?:const|let|var)\s+$/
const assigns = /\bassign\s*\(\s*$/
// Most texts change nothing, and need not be searched name by name.
const anyChange =
  /\bassign\s*\(|\.\s*[\w$]+\s*=(?![=>])|\.\s*(?:push|unshift|splice|pop|shift|fill)\s*\(|\]\s*=(?![=>])|\b(?:let|var)\b/

/** Whether a value is changed after it was written down, such as `migrations.push(…)`, or the name gets another one. */
function isTouched(source: string, name: string): boolean {
  if (!anyChange.test(source)) return false
  for (const { index } of source.matchAll(wordPattern(name))) {
    const before = source.slice(Math.max(0, index - 20), index)
    const behind = source.slice(index + name.length, index + name.length + 200)
    if (assigns.test(before) || (change.test(behind) && !declares.test(before))) return true
  }
  return false
}

function wordPattern(name: string): RegExp {
  return new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g')
}
