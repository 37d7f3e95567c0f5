import { notOperands } from './keywords.js'
import type { PlainCursor } from './plain-cursor.js'

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

const unsized = words('smallint int integer bigint real float boolean json interval')
const characters = words('character char')
const decimals = words('numeric decimal dec')
const times = words('timestamp time')
const constants = words('null true false current_date current_user')
const clocks = words('current_timestamp current_time localtimestamp localtime')
const defaults = words(
  'now gen_random_uuid uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7 clock_timestamp statement_timestamp ' +
    'transaction_timestamp random',
)
const sequences = words('nextval')
const functions = words('length char_length octet_length lower upper btrim abs round')
const operators = words('= <> != < > <= >= ~ ~* !~ !~*')
const arithmetic = words('+ - * / % ||')
const connectives = words('and or')
const patterns = words('like ilike')

/** How deep parentheses may stand in each other. */
const DEPTH = 10

/** The name of a type. */
export function type(c: PlainCursor): boolean {
  if (!typeName(c)) return false
  while (c.take('[')) {
    c.size()
    if (!c.take(']')) return false
  }
  return true
}

function typeName(c: PlainCursor): boolean {
  if (c.take('double', 'precision') || c.oneOf(unsized) !== undefined) return true
  if (c.oneOf(characters) !== undefined) {
    c.take('varying')
    return sized(c, 1)
  }
  if (c.take('varchar')) return sized(c, 1)
  if (c.oneOf(decimals) !== undefined) return sized(c, 2)
  if (c.oneOf(times) !== undefined) {
    if (!sized(c, 1)) return false
    if (!c.take('with', 'time', 'zone')) c.take('without', 'time', 'zone')
    return true
  }
  return c.named(notOperands) && (!c.take('.') || c.named()) && sized(c, 2)
}

function sized(c: PlainCursor, most: number): boolean {
  let sizes = 0
  return !c.sees('(') || c.list(() => ++sizes <= most && c.size())
}

/** A constant, or a call of one of a few functions without arguments that matter: what a default may be. */
export function value(c: PlainCursor): boolean {
  return constant(c) && cast(c)
}

function constant(c: PlainCursor): boolean {
  if (c.take('-')) return c.number()
  if (c.literal() || c.number() || c.oneOf(constants) !== undefined) return true
  if (c.oneOf(clocks) !== undefined) return sized(c, 1)
  if (c.call(defaults)) return c.take(')')
  if (c.call(sequences)) return c.literal() && cast(c) && c.take(')')
  return c.take('array', '[') && (c.take(']') || elements(c))
}

function elements(c: PlainCursor): boolean {
  do if (!value(c)) return false
  while (c.take(','))
  return c.take(']')
}

function cast(c: PlainCursor): boolean {
  return !c.cast() || type(c)
}

/** Comparisons of columns and constants: what a CHECK and the WHERE of an index may hold. */
export function condition(c: PlainCursor, depth = 0): boolean {
  do {
    c.take('not')
    if (!comparison(c, depth)) return false
  } while (c.oneOf(connectives) !== undefined)
  return true
}

// The comparing operators do not associate: two in a row are an error.
function comparison(c: PlainCursor, depth: number): boolean {
  if (!sum(c, depth)) return false
  if (c.take('is')) {
    c.take('not')
    return c.take('null')
  }
  const not = c.take('not')
  if (c.take('in')) return c.list(() => value(c))
  if (c.oneOf(patterns) !== undefined) return sum(c, depth)
  if (c.take('between')) return sum(c, depth) && c.take('and') && sum(c, depth)
  return !not && (!c.operator(operators) || sum(c, depth))
}

// One operator: a long row of them is a tree as deep as it is long.
function sum(c: PlainCursor, depth: number): boolean {
  return operand(c, depth) && (!c.operator(arithmetic) || operand(c, depth))
}

function operand(c: PlainCursor, depth: number): boolean {
  if (depth > DEPTH) return false
  if (c.take('(')) return condition(c, depth + 1) && c.take(')') && cast(c)
  if (c.call(functions)) return sum(c, depth + 1) && c.take(')') && cast(c)
  if (c.named(notOperands)) return (!c.take('.') || c.named()) && cast(c)
  return value(c)
}
