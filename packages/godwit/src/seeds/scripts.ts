import { type Token, tokensOf } from '../formats/typeorm/source-tokens.js'

const ASKS_WHETHER_MAIN =
  /\brequire\.main\s*[!=]==?|\bimport\.meta\.main\b|\bimport\.meta\.url\s*[!=]==?|\bprocess\.argv\[1\]/

/**
 * Whether a file does its work when it is run, rather than saying what a seed is: it exports nothing, asks whether it is the main
 * module, or calls a function of its own at its top. Told by its text: to import such a file is to run it.
 */
export function isScript(text: string): boolean {
  if (/\bdefineSeed\b/.test(text)) return false
  if (ASKS_WHETHER_MAIN.test(text)) return true
  const tokens = tokensOf(text)
  if (tokens === undefined) return !/^\s*export\b|\bexports\b/m.test(text)
  return !exportsSomething(tokens) || tokens.some((_, i) => isOwnCall(tokens, i))
}

function exportsSomething(tokens: readonly Token[]): boolean {
  return tokens.some(({ kind, text }) => kind === 'word' && (text === 'export' || text === 'exports'))
}

// `main()`, `void seed().catch(…)`, `(async () => { … })()`.
function isOwnCall(tokens: readonly Token[], at: number): boolean {
  const [token, next] = [tokens[at], tokens[at + 1]]
  if (next?.kind !== 'group' || next.text !== '(' || !beginsStatement(tokens, at)) return false
  if (token?.kind === 'group' && token.text === '(') return true
  return token?.kind === 'word' && tokens.some((_, i) => declares(tokens, i, token.text))
}

function beginsStatement(tokens: readonly Token[], at: number): boolean {
  const [before, token] = [tokens[at - 1], tokens[at]]
  if (before === undefined || before.text === ';' || before.text === '{') return true
  if (before.kind === 'word') {
    const leads = before.text === 'void' || before.text === 'await'
    return leads ? beginsStatement(tokens, at - 1) : Boolean(token?.newLine)
  }
  return Boolean(token?.newLine) && before.kind !== 'punct'
}

function declares(tokens: readonly Token[], at: number, name: string): boolean {
  const [keyword, declared] = [tokens[at], tokens[at + 1]]
  return (
    keyword?.kind === 'word' && ['function', 'const', 'let', 'var'].includes(keyword.text) && declared?.text === name
  )
}
