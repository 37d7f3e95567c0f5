import { basename, dirname, extname, relative } from 'node:path'
import { moduleKindOf } from '../../loading/module-kind.js'
import { findArray } from './list-array.js'
import { ModuleGraph, type SourceModule } from './module-graph.js'
import type { ModuleText, Value } from './module-shapes.js'

/** A new migration, for the array that lists them. */
export interface NewEntry {
  /** Absolute path. */
  file: string
  /** The name it is exported by. */
  exported: string
}

/**
 * Lists a new migration in the module of the array: an import behind the last one, an entry behind the last one.
 *
 * @returns the module's new text and the one it `replaces`; or, where the text is not plain enough, a note on what to add
 */
export function addToArray(
  array: string,
  entry: NewEntry,
  projectDir: string,
): { content: string; replaces: string } | { note: string } {
  const found = findArray(new ModuleGraph(projectDir), array)
  const text = found?.module.text
  const importing = importLine(array, entry, text, found?.module.source ?? '')
  const note = `Add it to ${relative(projectDir, array)}: ${importing}, and ${entry.exported} as the last of the array.`
  if (found === undefined || text?.lastImport === undefined || found.module.path !== array) return { note }
  const { source } = found.module
  const last = found.array.entries.at(-1)
  if (text.lastImport.end > found.array.start || source.includes(`${entry.exported}`)) return { note }
  const eol = source.includes('\r\n') ? '\r\n' : '\n'
  const [from, to, written] = last === undefined ? intoEmpty(found.array, entry, eol) : behind(last, found, entry, eol)
  const { end } = text.lastImport
  return {
    content: `${source.slice(0, end)}${eol}${importing}${source.slice(end, from)}${written}${source.slice(to)}`,
    replaces: source,
  }
}

/** Text that goes in place of what stands between two indices. */
type Edit = readonly [from: number, to: number, text: string]

function intoEmpty(array: Value, { exported }: NewEntry, eol: string): Edit {
  return [array.start + 1, array.start + 1, `${eol}  ${exported},${eol}`]
}

/** An array over several lines gets a line more, written as its last entry is. */
function behind(
  last: Value,
  { module, array }: { module: SourceModule; array: Value },
  { exported }: NewEntry,
  eol: string,
): Edit {
  const { source } = module
  const lineStart = source.lastIndexOf('\n', last.start) + 1
  if (lineStart <= array.start) return [last.end, last.end, `, ${exported}`]
  const indent = /^[ \t]*/.exec(source.slice(lineStart))?.[0] ?? ''
  // A comment on its line stays with the entry before.
  const [rest = '', comma = '', comment = ''] =
    /^(,?)([ \t]*\/\/[^\r\n]*)?/.exec(source.slice(last.end, array.end)) ?? []
  return [last.end, last.end + rest.length, `,${comment}${eol}${indent}${exported}${comma}`]
}

/** Written as the module's other relative imports are. */
function importLine(array: string, { file, exported }: NewEntry, text: ModuleText | undefined, source: string): string {
  const others = [...(text?.imports.values() ?? [])].map(({ from }) => from).filter((from) => from.startsWith('.'))
  const path = relative(dirname(array), file).replaceAll('\\', '/')
  const bare = path.slice(0, -extname(path).length)
  const specifier = `${bare.startsWith('.') ? '' : './'}${bare}${endingLike(others.at(-1), array, file)}`
  const quote = source.includes(`"${others.at(-1)}"`) ? '"' : "'"
  const from = `${quote}${specifier}${quote}`
  const { end = 0, form = 'import' } = text?.lastImport ?? {}
  const semicolon = text?.lastImport !== undefined && source[end - 1] === ';' ? ';' : ''
  if (form === 'require') return `const { ${exported} } = require(${from})${semicolon}`
  return `import { ${exported} } from ${from}${semicolon}`
}

function endingLike(other: string | undefined, array: string, file: string): string {
  const written = other === undefined ? '' : (/\.[cm]?[jt]s$/.exec(basename(other))?.[0] ?? '')
  if (other === undefined && moduleKindOf(array) === 'esm') return extname(file).replace('ts', 'js')
  if (written === '') return ''
  return /ts$/.test(written) ? extname(file) : extname(file).replace('ts', 'js')
}
