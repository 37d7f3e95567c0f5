import { nodeAt, nodesAt, nodesIn, parseSource, type SourceNode } from '../../loading/parse-source.js'
import type { LintedMigration } from '../migration.js'
import { memberOf } from '../reading/function-source.js'
import { callsIn, findClass, type QueryCall } from '../reading/read-typeorm.js'
import type { FoundIn } from '../run.js'
import { whyTogether } from './apart.js'
import { type Edit, edited, indentAt, quotedLike } from './edits.js'
import { type Fixed, refuseAll } from './fixed.js'
import { rewriteOf } from './rewrite.js'

/**
 * Writes fixes into the text of a TypeORM class. A class without a transaction that fails part way has to be settled by hand, so
 * only one that is a single statement is taken out of its transaction.
 */
export function fixTypeorm(text: string, migration: LintedMigration, findings: readonly FoundIn[]): Fixed {
  const source = parseSource(migration.file, text)
  const found = findClass(source, migration.name)
  if (found === undefined) return refuseAll(findings, 'its class was not found in the text')
  const { calls } = callsIn(source, found.node)
  const [statement, ...more] = migration.statements
  const [call, ...others] = calls
  if (statement === undefined || call === undefined || more.length > 0 || others.length > 0)
    return refuseAll(findings, 'a class that is taken out of its transaction must hold this one statement and no other')
  const together = whyTogether(migration)
  if (together !== undefined) return refuseAll(findings, together)
  const rewrite = rewriteOf(statement, findings)
  const awaited = statementOf(found.node, call)
  if (rewrite === undefined || awaited === undefined || call.literal.node.start < call.call.start)
    return refuseAll(findings, 'the call is not a plain await of a query with one literal')
  const held = nodeAt(memberOf(found.holder, 'transaction'), 'value')
  if (held !== undefined && migration.transaction === 'one')
    return refuseAll(findings, 'the class says transaction = true')
  const edits: Edit[] = [repeated(text, awaited, call, rewrite.statements)]
  if (rewrite.apart && migration.transaction === 'one') edits.push(...untransacted(text, found.holder))
  const rest = findings.filter((finding) => !rewrite.mends.includes(finding))
  return {
    content: edited(text, edits),
    mended: rewrite.mends,
    refused: refuseAll(rest, 'mended in part; run it again').refused,
  }
}

/** `await queryRunner.query('…')` as a statement by itself, with nothing but the text. */
export function statementOf(up: SourceNode, { call }: Pick<QueryCall, 'call'>): SourceNode | undefined {
  if (nodesAt(call, 'arguments').length !== 1) return undefined
  return [...nodesIn(up)].find((node) => {
    if (node.type !== 'ExpressionStatement') return false
    const expression = nodeAt(node, 'expression')
    const inner = expression?.type === 'AwaitExpression' ? nodeAt(expression, 'argument') : expression
    return inner === call
  })
}

/** The same call once for each statement. */
export function repeated(text: string, statement: SourceNode, { literal }: QueryCall, made: readonly string[]): Edit {
  const { start, end } = statement
  const old = text.slice(literal.node.start, literal.node.end)
  const [before, after] = [text.slice(start, literal.node.start), text.slice(literal.node.end, end)]
  const indent = indentAt(text, start)
  return { start, end, text: made.map((each) => before + quotedLike(old, each) + after).join(`\n${indent}`) }
}

function untransacted(text: string, holder: SourceNode | undefined): Edit[] {
  const [first] = nodesAt(holder, 'body')
  if (first === undefined) return []
  const indent = indentAt(text, first.start)
  const semicolon = /;\s*\n/.test(text) ? ';' : ''
  return [{ start: first.start, end: first.start, text: `transaction = false${semicolon}\n\n${indent}` }]
}
