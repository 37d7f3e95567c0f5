import type { PlainCursor } from './plain-cursor.js'
import { condition, type, value } from './plain-expression.js'

const events: ReadonlySet<string> = new Set(['delete', 'update'])

/** `table`, `schema.table`, as the server reads it. */
export function relation(c: PlainCursor): string | undefined {
  const first = c.name()
  if (first === undefined || !c.take('.')) return first
  const second = c.name()
  return second === undefined ? undefined : `${first}.${second}`
}

/** A column or a constraint of a table. */
export function element(c: PlainCursor): boolean {
  const named = c.take('constraint')
  if (named && !c.named()) return false
  if (c.take('primary', 'key') || c.take('unique')) return columns(c)
  if (c.take('check')) return check(c)
  if (c.take('foreign', 'key')) return columns(c) && references(c)
  return !named && column(c)
}

/** A column: its name, its type and what is said of it. */
export function column(c: PlainCursor): boolean {
  if (!c.named() || !type(c)) return false
  while (!c.atEnd && !c.sees(',') && !c.sees(')')) if (!quality(c)) return false
  return true
}

function quality(c: PlainCursor): boolean {
  if (c.take('constraint') && !c.named()) return false
  if (c.take('not', 'null') || c.take('null') || c.take('unique') || c.take('primary', 'key')) return true
  if (c.take('default')) return value(c)
  if (c.take('check')) return check(c)
  if (c.take('generated')) return (c.take('always') || c.take('by', 'default')) && c.take('as', 'identity')
  return references(c)
}

function columns(c: PlainCursor): boolean {
  return c.list(() => c.named())
}

function check(c: PlainCursor): boolean {
  return c.take('(') && condition(c) && c.take(')')
}

function references(c: PlainCursor): boolean {
  if (!c.take('references') || relation(c) === undefined || (c.sees('(') && !columns(c))) return false
  const told = new Set<string>()
  while (c.take('on')) {
    const event = c.oneOf(events)
    // Each may be told of once, in any order.
    if (event === undefined || told.has(event) || !action(c)) return false
    told.add(event)
  }
  return true
}

function action(c: PlainCursor): boolean {
  if (c.take('cascade') || c.take('restrict') || c.take('no', 'action')) return true
  return c.take('set', 'null') || c.take('set', 'default')
}
