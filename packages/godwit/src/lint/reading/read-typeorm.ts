import { nodeAt, nodesIn, type ParsedSource, parseSource, type SourceNode, textAt } from '../../loading/parse-source.js'
import type { LintedStatement, NotListed } from '../migration.js'
import {
  argumentOf,
  bodyOf,
  type FoundFunction,
  functionsCalled,
  type Literal,
  literalOf,
  memberOf,
  methodCalled,
  parameterOf,
} from './function-source.js'
import { placesIn, readStatements } from './read-script.js'

/** What the text of a TypeORM class tells without running it. */
export interface TypeormSource {
  statements: LintedStatement[]
  notListed: NotListed[]
  /** What the class says of its transaction. */
  transaction: boolean | undefined
  /** There is a `down`, and something in it. */
  hasDown: boolean
}

/** A call of `queryRunner.query` with a literal, as it stands in the text. */
export interface QueryCall {
  call: SourceNode
  literal: Literal
}

/**
 * Reads the statements that a class sends by `queryRunner.query` with a text of its own. Everything else that it does with its
 * query runner is named as not listed.
 *
 * @param name the migration's
 * @throws GODWIT_FILE_SYNTAX, ScriptError
 */
export async function readTypeorm(file: string, text: string, name: string): Promise<TypeormSource> {
  const source = parseSource(file, text)
  const places = placesIn(text)
  const found = findClass(source, name)
  if (found === undefined)
    return { statements: [], notListed: [{ line: 1, what: 'its class' }], transaction: undefined, hasDown: true }
  const { calls, others } = callsIn(source, found.node)
  const statements: LintedStatement[] = []
  for (const { literal } of calls) {
    const start = literal.node.start
    // With escapes in it, a place in the text is none in the file.
    const locate = (offset: number) => places(literal.plain ? start + 1 + offset : start)
    statements.push(...(await readStatements(literal.value, locate)))
  }
  const notListed = others.map((node) => ({ line: places(node.start).line, what: shortened(text, node) }))
  const down = functionsCalled(source, 'down').find(({ holder }) => holder === found.holder)
  const transaction = nodeAt(memberOf(found.holder, 'transaction'), 'value')
  return {
    statements,
    notListed,
    transaction: transaction?.type === 'BooleanLiteral' ? transaction.fields.value === true : undefined,
    hasDown: down !== undefined && bodyOf(down.node)?.length !== 0,
  }
}

/** The `up` of the class that a migration is. */
export function findClass(source: ParsedSource, name: string): FoundFunction | undefined {
  const all = functionsCalled(source, 'up').filter(({ holder }) => holder?.type.startsWith('Class'))
  if (all.length < 2) return all[0]
  return all.find(({ holder }) => {
    const own = nodeAt(memberOf(holder, 'name'), 'value')
    return (own === undefined ? textAt(nodeAt(holder, 'identifier'), 'value') : textAt(own, 'value')) === name
  })
}

/** The calls of `query` with a literal in a function, and what else it does with its query runner. */
export function callsIn(source: ParsedSource, up: SourceNode): { calls: QueryCall[]; others: SourceNode[] } {
  const runner = parameterOf(up, 0)
  const calls: QueryCall[] = []
  const others: SourceNode[] = []
  const seen = new Set<SourceNode>()
  const body = nodeAt(up, 'body')
  for (const node of body === undefined ? [] : nodesIn(body)) {
    const method = methodCalled(node)
    if (method?.object.type === 'Identifier' && textAt(method.object, 'value') === runner) {
      seen.add(method.object)
      const literal = method.name === 'query' ? literalOf(source, argumentOf(node, 0)) : undefined
      if (literal === undefined) others.push(node)
      else calls.push({ call: node, literal })
    } else if (node.type === 'Identifier' && textAt(node, 'value') === runner && !seen.has(node)) others.push(node)
  }
  return { calls, others }
}

function shortened(text: string, { start, end }: SourceNode): string {
  const line = text.slice(start, end).replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
