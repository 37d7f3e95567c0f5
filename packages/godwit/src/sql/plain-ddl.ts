import { notOperands } from './keywords.js'
import { PlainCursor } from './plain-cursor.js'
import { condition, type, value } from './plain-expression.js'
import { column, element, relation } from './plain-table.js'

/** What is known of a statement that needs no parser. */
export interface PlainDdl {
  tag: string
  /** As in `Classification`. */
  destroys: string[]
}

/** How the text of every plain statement begins. */
export const beginsPlain =
  /^(?:create\s+(?:table|type|(?:unique\s+)?index)|alter\s+table|comment\s+on|drop\s+(?:table|index))\b/i

// A NUL ends the parser's text, `/*` may stand inside of an operator, the Kelvin sign is a k in lower case only here, and the
// parser (not the server) knows these words together with the next one only where no comment parts them.
const odd = /\0|\/\*|\u212a|\b(?:not|nulls|with|without)\s*--/i

const orders: ReadonlySet<string> = new Set(['asc', 'desc'])
const ends: ReadonlySet<string> = new Set(['first', 'last'])
const behaviors: ReadonlySet<string> = new Set(['cascade', 'restrict'])
const foldings: ReadonlySet<string> = new Set(['lower', 'upper'])

/**
 * Recognises the everyday statements about tables, indexes, enums and comments by their tokens: migrations are made of
 * little else, and the parser takes longer to load than they take to run. What it recognises is a part of the parser's own
 * grammar, so the parser accepts it and says the same of it; anything unusual is not recognised.
 */
export function plainDdl(text: string): PlainDdl | undefined {
  if (!beginsPlain.test(text) || odd.test(text)) return undefined
  const cursor = new PlainCursor(text)
  const found = statement(cursor)
  return cursor.atEnd ? found : undefined
}

function statement(c: PlainCursor): PlainDdl | undefined {
  const destroys: string[] = []
  const when = (tag: string, is: boolean) => (is ? { tag, destroys } : undefined)
  if (c.take('create', 'table')) return when('CREATE TABLE', table(c))
  if (c.take('create', 'type')) return when('CREATE TYPE', enumeration(c))
  if (c.take('create', 'index') || c.take('create', 'unique', 'index')) return when('CREATE INDEX', index(c))
  if (c.take('alter', 'table')) return when('ALTER TABLE', alteration(c, destroys))
  if (c.take('comment', 'on')) return when('COMMENT', comment(c))
  if (c.take('drop', 'table'))
    return when(
      'DROP TABLE',
      dropped(c, (name) => destroys.push(`table ${name}`)),
    )
  return c.take('drop', 'index') ? when('DROP INDEX', dropped(c)) : undefined
}

function table(c: PlainCursor): boolean {
  c.take('if', 'not', 'exists')
  return relation(c) !== undefined && c.list(() => element(c))
}

function enumeration(c: PlainCursor): boolean {
  return relation(c) !== undefined && c.take('as', 'enum') && c.list(() => c.literal())
}

function index(c: PlainCursor): boolean {
  const needsName = c.take('if', 'not', 'exists')
  if ((!c.named() && needsName) || !c.take('on') || relation(c) === undefined) return false
  if (c.take('using') && !c.named()) return false
  return c.list(() => indexed(c)) && (!c.take('where') || condition(c))
}

function indexed(c: PlainCursor): boolean {
  const is = c.call(foldings) ? c.named(notOperands) && c.take(')') : c.named()
  if (!is) return false
  const ofClass = c.named()
  if (ofClass && c.take('.') && !c.named()) return false
  c.oneOf(orders)
  return !c.take('nulls') || c.oneOf(ends) !== undefined
}

function comment(c: PlainCursor): boolean {
  const column = c.take('column')
  if (!column && !c.take('table')) return false
  const on = relation(c)
  // A column of a table without a schema is written like a table with one.
  if (on === undefined || (column && !on.includes('.')) || (column && c.take('.') && !c.named())) return false
  return c.take('is') && (c.literal() || c.take('null'))
}

function dropped(c: PlainCursor, destroys: (name: string) => void = () => {}): boolean {
  c.take('if', 'exists')
  do {
    const name = relation(c)
    if (name === undefined) return false
    destroys(name)
  } while (c.take(','))
  c.oneOf(behaviors)
  return true
}

function alteration(c: PlainCursor, destroys: string[]): boolean {
  c.take('if', 'exists')
  c.take('only')
  const name = relation(c)
  if (name === undefined) return false
  if (c.take('rename')) return renamed(c)
  do if (!change(c, (column) => destroys.push(`column ${name}.${column}`))) return false
  while (c.take(','))
  return true
}

function renamed(c: PlainCursor): boolean {
  if (c.take('to')) return c.named()
  if (!c.take('constraint')) c.take('column')
  return c.named() && c.take('to') && c.named()
}

function change(c: PlainCursor, destroys: (column: string) => void): boolean {
  if (c.take('add')) {
    const isColumn = c.take('column')
    return c.take('if', 'not', 'exists') || isColumn ? column(c) : element(c)
  }
  if (c.take('drop')) {
    const isConstraint = c.take('constraint')
    if (!isConstraint) c.take('column')
    c.take('if', 'exists')
    const name = c.name()
    if (name === undefined) return false
    if (!isConstraint) destroys(name)
    c.oneOf(behaviors)
    return true
  }
  if (!c.take('alter')) return false
  c.take('column')
  return c.named() && altered(c)
}

function altered(c: PlainCursor): boolean {
  if (c.take('set', 'not', 'null') || c.take('drop', 'not', 'null') || c.take('drop', 'default')) return true
  if (c.take('set', 'default')) return value(c)
  return (c.take('type') || c.take('set', 'data', 'type')) && type(c)
}
