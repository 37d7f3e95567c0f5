import { dirname, join, resolve } from 'node:path'
import { type Token, tokensOf } from './source-tokens.js'

/** A value that the text tells for sure; `undefined`: only importing the file tells. */
export type Known<T> = { value: T } | undefined

/** What a data-source file tells without being run. */
export interface DataSourceText {
  type: Known<string | undefined>
  table: Known<string | undefined>
  schema: Known<string | undefined>
  /** Files and globs; relative ones are from the working directory, as TypeORM takes them. */
  migrations: Known<string[]>
}

const nothing: DataSourceText = { type: undefined, table: undefined, schema: undefined, migrations: undefined }

/**
 * Reads the options of the one `new DataSource({ … })` in a text. Only what stands there literally counts, and nothing
 * does when options are spread in or set later.
 *
 * @param file absolute path, for `__dirname`
 */
export function readDataSourceText(source: string, file: string): DataSourceText {
  const top = tokensOf(source)
  if (!top || /\bsetOptions\b/.test(source) || source.match(/\bnew\s+(?:[\w$]+\s*\.\s*)?DataSource\b/g)?.length !== 1) {
    return nothing
  }
  const options = optionsOf(source, top)
  const entries = options && entriesOf(options)
  if (!entries) return nothing
  return {
    type: literalOf(entries.get('type')),
    table: literalOf(entries.get('migrationsTableName')),
    schema: literalOf(entries.get('schema')),
    migrations: globsOf(source, entries.get('migrations'), dirname(file)),
  }
}

/** The tokens of the options object: the argument itself, or the constant that it names. */
function optionsOf(source: string, top: Token[]): Token[] | undefined {
  const at = top.findIndex((token, i) => token.text === 'DataSource' && /^(?:new|\.)$/.test(top[i - 1]?.text ?? ''))
  const call = top[at + 1]
  if (at < 0 || call?.text !== '(') return undefined
  const [argument, ...others] = tokensOf(source, call.start + 1, call.end - 1) ?? []
  if (others.some((token) => token.text !== ',')) return undefined
  if (argument?.text === '{') return argument.children
  if (argument?.kind !== 'word') return undefined
  if (source.split(new RegExp(`(?<![\\w$])${argument.text.replaceAll('$', '\\$')}(?![\\w$])`)).length !== 3) {
    return undefined
  }
  const declared = top.findIndex((token, i) => token.text === argument.text && top[i - 1]?.text === 'const')
  const value = top.slice(declared + 1).find((_, i, rest) => rest[i - 1]?.text === '=')
  return declared >= 0 && value?.text === '{' ? value.children : undefined
}

/** The entries of an object literal; `undefined`: some of its keys do not stand there. */
function entriesOf(tokens: Token[]): Map<string, Token[]> | undefined {
  const entries = new Map<string, Token[]>()
  for (const [key, ...rest] of splitAtCommas(tokens)) {
    if (key === undefined) continue
    if (key.kind !== 'word' && key.kind !== 'string') return undefined
    // A getter or another modifier: the key stands behind it.
    if (rest[0] && rest[0].text !== ':' && rest[0].text !== '(') return undefined
    entries.set(key.text, rest[0]?.text === ':' ? rest.slice(1) : [])
  }
  return entries
}

function splitAtCommas(tokens: Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'punct' && token.text === ',') parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

function literalOf(value: Token[] | undefined): Known<string | undefined> {
  if (value === undefined) return { value: undefined }
  const [token] = value
  return value.length === 1 && token ? plainText(token) : undefined
}

function plainText(token: Token | undefined): Known<string> {
  return token?.kind === 'string' && !token.text.includes('\\') ? { value: token.text } : undefined
}

function globsOf(source: string, value: Token[] | undefined, folder: string): Known<string[]> {
  const list = value?.[0]
  if (value?.length !== 1 || list?.text !== '[') return undefined
  const items = tokensOf(source, list.start + 1, list.end - 1)
  if (!items) return undefined
  const globs: string[] = []
  for (const item of splitAtCommas(items)) {
    const glob = globOf(source, item, folder)
    if (glob === undefined) return undefined
    globs.push(glob.value)
  }
  return { value: globs }
}

/** A literal, `__dirname + '…'`, a template that begins with `__dirname`, or `join(__dirname, '…')`. */
function globOf(source: string, item: Token[], folder: string): Known<string> {
  const declared = /\b__dirname\s*=\s*([^\n]*)/.exec(source)?.[1]
  if (declared !== undefined && !declared.includes('import.meta')) return undefined
  const [first, second, third, fourth] = item
  if (item.length === 1 && first?.kind === 'template') {
    const rest = /^`\$\{\s*__dirname\s*\}([^`$\\]*)`$/.exec(source.slice(first.start, first.end))?.[1]
    return rest === undefined ? undefined : { value: folder + rest }
  }
  if (item.length === 1) return plainText(first)
  if (item.length === 3 && first?.text === '__dirname' && second?.text === '+') {
    const rest = plainText(third)
    return rest && { value: folder + rest.value }
  }
  const [name, call] = item.length === 2 ? [first, second] : [third, fourth]
  const isCall = (item.length === 2 || (item.length === 4 && second?.text === '.')) && call?.text === '('
  if (!isCall || (name?.text !== 'join' && name?.text !== 'resolve')) return undefined
  const parts: string[] = []
  for (const part of splitAtCommas(tokensOf(source, call.start + 1, call.end - 1) ?? [])) {
    const text = part[0]?.text === '__dirname' ? { value: folder } : plainText(part[0])
    if (part.length !== 1 || text === undefined) return undefined
    parts.push(text.value)
  }
  // Without `__dirname` in front it may be the `join` of an array, or depend on the working directory.
  if (parts[0] !== folder) return undefined
  return { value: name.text === 'join' ? join(...parts) : resolve(...parts) }
}
