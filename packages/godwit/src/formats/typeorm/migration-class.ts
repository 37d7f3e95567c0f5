import { type Token, tokensOf } from './source-tokens.js'

/** A class as it stands in a text. */
export interface ClassText {
  className: string
  /** Has an `extends` clause, generics, or another part that hides what it is. */
  opaque: boolean
  abstract: boolean
  body: Token
  start: number
  end: number
}

/** A migration class that was read without running it. */
export interface MigrationClass {
  className: string
  /** The instance's `name`, else the class's. */
  name: string
  hasDown: boolean
  start: number
  end: number
}

/**
 * Reads one exported class. `'other'`: certainly not a migration; `'unsure'`: only running the file tells, for its
 * members are computed, inherited or made in a way that is not known here.
 */
export function readMigrationClass(source: string, text: ClassText): MigrationClass | 'other' | 'unsure' {
  if (text.abstract) return 'other'
  if (text.opaque) return 'unsure'
  const members = text.body.children ?? []
  if (members.some((member, at) => isOpaqueMember(members, member, at))) return 'unsure'
  const name = nameOf(source, members, text.className)
  if (name === undefined) return 'unsure'
  if (!definesMethod(members, 'up')) return 'other'
  const { className, start, end } = text
  return { className, name, hasDown: definesMethod(members, 'down'), start, end }
}

/** Whether a member may define something under a name that does not stand there as a word. */
function isOpaqueMember(members: Token[], member: Token, at: number): boolean {
  const before = members[at - 1]
  const after = members[at + 1]
  if (member.kind === 'group' && member.text === '[') {
    return before === undefined || before.text === '{' || before.text === ';' || isModifier(before)
  }
  if (member.kind === 'string') return after?.text === '(' || (after?.text === '=' && before?.text !== '=')
  return member.text === 'static' && after?.text === '{'
}

function isModifier(token: Token): boolean {
  return (
    token.kind === 'word' && /^(?:async|get|set|static|readonly|public|private|protected|override)$/.test(token.text)
  )
}

function definesMethod(members: Token[], method: string): boolean {
  return members.some(
    (member, at) =>
      member.kind === 'word' &&
      member.text === method &&
      members[at - 1]?.text !== '.' &&
      members[at - 1]?.text !== 'static' &&
      (members[at + 1]?.text === '(' || members[at + 1]?.text === '='),
  )
}

/** The instance's name; `undefined`: cannot be told. */
function nameOf(source: string, members: Token[], className: string): string | undefined {
  const found: string[] = []
  for (const [at, member] of members.entries()) {
    if (member.kind !== 'word' || members[at - 1]?.text === '.') continue
    if (member.text === 'constructor') {
      const inside = nameInConstructor(source, members, at)
      if (inside === undefined) return undefined
      found.push(...inside)
    }
    if (member.text !== 'name') continue
    if (isStatic(members, at)) return undefined
    const value = literalProperty(members, at)
    if (value === undefined) return undefined
    found.push(value)
  }
  if (found.length > 1) return undefined
  return found[0] ?? className
}

function isStatic(members: Token[], at: number): boolean {
  let before = at - 1
  while (members[before]?.kind === 'word' && isModifier(members[before] as Token)) {
    if (members[before]?.text === 'static') return true
    before--
  }
  return false
}

/** The value of `name = 'x'` or `name: string = 'x'`. */
function literalProperty(members: Token[], at: number): string | undefined {
  let next = at + 1
  if (members[next]?.text === ':' && members[next + 1]?.text === 'string') next += 2
  if (members[next]?.text !== '=') return undefined
  const value = members[next + 1]
  let behind = members[next + 2]
  if (behind?.text === 'as' && members[next + 3]?.text === 'const') behind = members[next + 4]
  if (value?.kind !== 'string' || value.text.includes('\\') || value.text === '') return undefined
  return behind === undefined || behind.text === ';' || behind.newLine ? value.text : undefined
}

/** What the constructor sets `this.name` to, as compilers write a property; `undefined`: cannot be told. */
function nameInConstructor(source: string, members: Token[], at: number): string[] | undefined {
  const parameters = members[at + 1]
  const body = members[at + 2]
  if (parameters?.text !== '(' || body?.text !== '{') return undefined
  if (parameters.end - parameters.start > 2) return undefined
  const inside = tokensOf(source, body.start + 1, body.end - 1)
  if (!inside) return undefined
  const found: string[] = []
  for (let i = 0; i < inside.length; ) {
    const [object, dot, property, equals, value, end] = inside.slice(i, i + 6)
    const assigns = object?.text === 'this' && dot?.text === '.' && property?.kind === 'word' && equals?.text === '='
    if (!assigns || !value || value.kind === 'group' || value.kind === 'template') return undefined
    if (property.text === 'name') {
      if (value.kind !== 'string' || value.text.includes('\\') || value.text === '') return undefined
      found.push(value.text)
    }
    if (end !== undefined && end.text !== ';' && !end.newLine) return undefined
    i += end?.text === ';' ? 6 : 5
  }
  return found
}
