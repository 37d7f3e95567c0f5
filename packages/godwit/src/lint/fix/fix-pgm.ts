import {
  nodeAt,
  nodesAt,
  nodesIn,
  type ParsedSource,
  parseSource,
  type SourceNode,
  textAt,
} from '../../loading/parse-source.js'
import type { LintedMigration } from '../migration.js'
import {
  argumentOf,
  bodyOf,
  functionsCalled,
  literalOf,
  methodCalled,
  parameterOf,
} from '../reading/function-source.js'
import { placesIn } from '../reading/read-script.js'
import type { FoundIn } from '../run.js'
import { whyTogether } from './apart.js'
import { type Edit, edited, indentAt } from './edits.js'
import { repeated, statementOf } from './fix-typeorm.js'
import { type Fixed, refuseAll } from './fixed.js'
import { rewriteOf } from './rewrite.js'

/** Operations that take `concurrently` in their options, with the place of these. */
const concurrent: Readonly<Record<string, { code: string; options: number }>> = {
  createIndex: { code: 'require-concurrent-index-creation', options: 2 },
  addIndex: { code: 'require-concurrent-index-creation', options: 2 },
  dropIndex: { code: 'require-concurrent-index-deletion', options: 2 },
}

/** Writes fixes into the text of a node-pg-migrate function: options of an index, and texts of `pgm.sql`. */
export function fixPgm(text: string, migration: LintedMigration, findings: readonly FoundIn[]): Fixed {
  const together = whyTogether(migration)
  if (together !== undefined) return refuseAll(findings, together)
  const source = parseSource(migration.file, text)
  const [up, ...more] = functionsCalled(source, 'up')
  const pgm = up === undefined ? undefined : parameterOf(up.node, 0)
  const body = up === undefined ? undefined : bodyOf(up.node)
  if (up === undefined || pgm === undefined || body === undefined || more.length > 0)
    return refuseAll(findings, 'its up was not found in the text')
  const edits: Edit[] = []
  const result: Fixed = { mended: [], refused: [] }
  for (const statement of migration.statements) {
    const own = findings.filter((finding) => finding.statement === statement)
    const [first] = own
    if (first === undefined) continue
    const call = callAt(source, up.node, pgm, first)
    const edit = call && (byOptions(text, call, own) ?? byText(source, up.node, call, own, migration))
    if (edit === undefined) {
      result.refused.push(...refuseAll(own, 'the call cannot be edited safely').refused)
      continue
    }
    edits.push(edit.edit)
    result.mended.push(...edit.mends)
  }
  if (edits.length === 0) return result
  const [beginning] = body
  if (migration.transaction === 'one' && beginning !== undefined) {
    const indent = indentAt(text, beginning.start)
    const semicolon = text.slice(beginning.start, beginning.end).endsWith(';') ? ';' : ''
    edits.push({ start: beginning.start, end: beginning.start, text: `${pgm}.noTransaction()${semicolon}\n${indent}` })
  }
  return { ...result, content: edited(text, edits) }
}

/** The call of an operation that a finding's place is in. */
function callAt(source: ParsedSource, up: SourceNode, pgm: string, { line, column }: FoundIn): SourceNode | undefined {
  const places = placesIn(source.text)
  const within = (node: SourceNode): boolean => {
    const [from, to] = [places(node.start), places(node.end)]
    const behind = line > from.line || (line === from.line && column >= from.column)
    return behind && (line < to.line || (line === to.line && column <= to.column))
  }
  const found = [...nodesIn(up)].filter((node) => {
    const method = methodCalled(node)
    return textAt(method?.object, 'value') === pgm && within(node)
  })
  return found.length === 1 ? found[0] : undefined
}

interface CallEdit {
  edit: Edit
  mends: FoundIn[]
}

function byOptions(text: string, call: SourceNode, findings: readonly FoundIn[]): CallEdit | undefined {
  const known = concurrent[methodCalled(call)?.name ?? '']
  const mends = findings.filter(({ code }) => code === known?.code)
  if (known === undefined || mends.length === 0) return undefined
  const given = nodesAt(call, 'arguments')
  if (given.length === known.options) {
    const end = argumentOf(call, known.options - 1)?.end ?? call.end - 1
    return { edit: { start: end, end, text: ', { concurrently: true }' }, mends }
  }
  const options = argumentOf(call, known.options)
  if (options?.type !== 'ObjectExpression') return undefined
  const properties = nodesAt(options, 'properties')
  if (
    properties.some((each) => each.type === 'SpreadElement' || textAt(nodeAt(each, 'key'), 'value') === 'concurrently')
  )
    return undefined
  const at = options.start + 1
  const space = properties.length === 0 ? '' : (/^\s*/.exec(text.slice(at))?.[0] ?? '')
  const inserted = properties.length === 0 ? ' concurrently: true ' : `${space}concurrently: true,`
  return { edit: { start: at, end: at, text: inserted }, mends }
}

function byText(
  source: ParsedSource,
  up: SourceNode,
  call: SourceNode,
  findings: readonly FoundIn[],
  migration: LintedMigration,
): CallEdit | undefined {
  const literal = literalOf(source, argumentOf(call, 0))
  const statement = findings[0]?.statement
  const alone = migration.statements.filter(({ text }) => literal?.value.includes(text)).length === 1
  if (methodCalled(call)?.name !== 'sql' || literal === undefined || statement === undefined || !alone) return undefined
  if (literal.node.start < call.start || literal.value.replace(/;\s*$/, '').trim() !== statement.text) return undefined
  const whole = statementOf(up, { call })
  const rewrite = rewriteOf(statement, findings)
  if (whole === undefined || rewrite === undefined) return undefined
  return { edit: repeated(source.text, whole, { call, literal }, rewrite.statements), mends: rewrite.mends }
}
