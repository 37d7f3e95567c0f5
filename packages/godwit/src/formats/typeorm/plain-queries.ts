import { type Token, tokensOf } from './source-tokens.js'

/**
 * The queries of a function that awaits one text after the other and does nothing else, as its own source says:
 * `async up(runner) { await runner.query('…'); await runner.query('…') }`. `undefined`: it does more, or that cannot be told.
 */
export function plainQueries(migrate: (...given: never[]) => unknown): string[] | undefined {
  const source = Function.prototype.toString.call(migrate)
  const [parameters, body] = partsOf(tokensOf(source) ?? [])
  const [runner, ...more] = parameters?.children ?? []
  if (runner?.kind !== 'word' || more.length > 0) return undefined
  const queries: string[] = []
  const tokens = body?.children ?? []
  for (let at = 0; at < tokens.length; ) {
    const [first, object, dot, method, call, end] = tokens.slice(at, at + 6)
    const isAwaited = is(first, 'word', 'await') && is(object, 'word', runner.text)
    const isQuery = isAwaited && is(dot, 'punct', '.') && is(method, 'word', 'query')
    const query = isQuery && call !== undefined && is(call, 'group', '(') ? onlyText(source, call) : undefined
    if (query === undefined) return undefined
    const isEnded = is(end, 'punct', ';')
    if (end !== undefined && !isEnded && !(end.kind === 'word' && end.newLine)) return undefined
    queries.push(query)
    at += isEnded ? 6 : 5
  }
  return queries.length === 0 ? undefined : queries
}

// `async up(runner) {}`, `async function up(runner) {}`, `async function (runner) {}`, `async (runner) => {}`.
function partsOf(tokens: readonly Token[]): [Token, Token] | [] {
  const shape = tokens.map(({ kind, text }) => (kind === 'word' && !reserved.has(text) ? 'name' : text)).join(' ')
  if (!/^async (?:(?:function )?name |function )?\( (?:= > )?\{$/.test(shape)) return []
  const [parameters, body] = tokens.filter(({ kind }) => kind === 'group')
  return parameters === undefined || body === undefined ? [] : [parameters, body]
}

const reserved = new Set(['async', 'function'])

function onlyText(source: string, { start, end }: Token): string | undefined {
  const [text, comma, more] = tokensOf(source, start + 1, end - 1) ?? []
  if (text?.kind !== 'string' || more !== undefined) return undefined
  if (comma !== undefined && !is(comma, 'punct', ',')) return undefined
  return cooked(text.text)
}

function is(token: Token | undefined, kind: Token['kind'], text: string): boolean {
  return token?.kind === kind && token.text === text
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  $: '$',
}

// As JavaScript reads it: a line break in a template is one character.
function cooked(raw: string): string | undefined {
  if (!raw.includes('\\') && !raw.includes('\r')) return raw
  let isKnown = true
  const text = raw.replace(/\r\n?/g, '\n').replace(/\\([\s\S]|$)/g, (_, character: string) => {
    const meant = escapes[character]
    isKnown &&= meant !== undefined
    return meant ?? ''
  })
  return isKnown ? text : undefined
}
