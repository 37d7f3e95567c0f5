import { dollarTag, type Token, tokens } from './tokens.js'

/**
 * Hides literals that may be secrets (rule 38) as `'***'`: all those of statements about roles, user mappings, servers,
 * subscriptions and ALTER SYSTEM; the arguments of `dblink…`, `crypt` and `pgp_sym_…` calls; a literal behind the word PASSWORD
 * or CONNECTION; and any literal that reads like a connection string with a password. Bodies in dollar quotes are gone
 * through the same way. Works on the tokens, so also on text that no parser accepts; hides too much rather than too little.
 *
 * @param options.sameLength keeps every offset and line: `'***'` becomes as long as the literal was
 */
export function maskSecrets(text: string, options: { sameLength?: boolean } = {}): string {
  return suspicious.test(text) ? maskText(text, { sameLength: options.sameLength === true, hidden: [] }) : text
}

/** The literals that {@link maskSecrets} hides, as written. */
export function secretLiterals(text: string): string[] {
  const hidden: string[] = []
  if (suspicious.test(text)) maskText(text, { sameLength: false, hidden })
  return hidden
}

/** Whether {@link maskSecrets} would hide something. */
export function hasSecrets(text: string): boolean {
  return maskSecrets(text) !== text
}

/** A cheap look that lets no secret pass: what is worth going through token by token. */
const suspicious =
  /\b(?:role|user|group|server|subscription|system|wrapper|dblink|crypt|pgp_sym|password|passwd|pwd|connection)|:\/\//i

const connectionString = /\b(?:password|passwd|pwd)\s*=|:\/\/[^\s:@/']{0,200}:[^\s@']{0,200}@/i
const roleInLiteral = /\b(?:create|alter)\s+(?:role|user|group|server|subscription)\b|\bpassword\s+(?:%|'|$)/i

const verbs = new Set(['create', 'alter'])
const secretObjects = new Set(['role', 'user', 'group', 'server', 'subscription', 'system'])
const secretWords = new Set(['password', 'passwd', 'connection'])

/** What is known of the statement while its tokens pass. */
interface MaskState {
  /** Until the next `;` every literal is hidden. */
  statement: boolean
  /** Depth of the parentheses of a call whose arguments are hidden; 0 outside of one. */
  call: number
  depth: number
  previous: string
  beforePrevious: string
}

interface Masking {
  sameLength: boolean
  /** Gathers what was hidden. */
  hidden: string[]
}

function maskText(text: string, masking: Masking): string {
  const fresh = (): MaskState => ({ statement: false, call: 0, depth: 0, previous: '', beforePrevious: '' })
  let state = fresh()
  let masked = ''
  let copied = 0
  for (const token of tokens(text)) {
    if (token.kind === 'literal') {
      const shown = maskLiteral(token, state, masking)
      if (shown !== token.text) {
        masked += text.slice(copied, token.offset) + shown
        copied = token.offset + token.text.length
      }
      if (secretWords.has(state.previous)) continue // PASSWORD 'part' 'of it'
    } else if (token.text === ';') {
      state = fresh()
      continue
    } else follow(token, state)
    state.beforePrevious = state.previous
    state.previous = plainWord(token)
  }
  return masked === '' ? text : masked + text.slice(copied)
}

function follow(token: Token, state: MaskState): void {
  const { previous } = state
  if (token.text === '(') {
    state.depth++
    if (state.call === 0 && isSecretCall(previous)) state.call = state.depth
  } else if (token.text === ')') {
    if (state.call === state.depth) state.call = 0
    state.depth--
  } else if (token.kind === 'word') {
    const word = token.text.toLowerCase()
    const dataWrapper = word === 'wrapper' && previous === 'data'
    if ((secretObjects.has(word) && verbs.has(previous)) || dataWrapper) state.statement = true
    if (word === 'mapping' && previous === 'user') state.statement = true
  }
}

function isSecretCall(name: string): boolean {
  return name.startsWith('dblink') || name === 'crypt' || name.startsWith('pgp_sym_')
}

function maskLiteral(token: Token, state: MaskState, masking: Masking): string {
  const { text } = token
  if (state.statement || state.call > 0 || secretBefore(state) || connectionString.test(text)) {
    if (connectionString.test(text) && !text.startsWith('$')) state.statement ||= /=\s*'$/.test(text)
    const tag = dollarTag(text, 0)
    // a body is code: what matters in it is found inside
    if (tag === '' || state.statement || state.call > 0 || secretBefore(state)) return stars(text, masking)
  }
  const tag = dollarTag(text, 0)
  if (tag !== '') {
    const end = text.endsWith(tag) ? text.length - tag.length : text.length
    const body = text.slice(tag.length, end)
    return tag + (suspicious.test(body) ? maskText(body, masking) : body) + text.slice(Math.max(end, tag.length))
  }
  if (!roleInLiteral.test(text)) return text
  state.statement = true // EXECUTE format('ALTER ROLE … PASSWORD %L', 'the password')
  return stars(text, masking)
}

/** `PASSWORD 'x'`, `password = 'x'`, `password => 'x'`. */
function secretBefore(state: MaskState): boolean {
  const operator = state.previous === '=' || state.previous === '>' || state.previous === ':'
  return secretWords.has(state.previous) || (operator && secretWords.has(state.beforePrevious))
}

function plainWord(token: Token): string {
  return (token.kind === 'name' ? token.text.slice(1, -1) : token.text).toLowerCase()
}

function stars(text: string, { sameLength, hidden }: Masking): string {
  hidden.push(text)
  if (!sameLength) return "'***'"
  if (text.length < 2) return '*'.repeat(text.length)
  return `'${text.slice(1, -1).replace(/[^\n]/g, '*')}'`
}
