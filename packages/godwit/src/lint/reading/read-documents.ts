import { nodeAt, nodesAt, nodesIn, parseSource, type SourceNode, textAt } from '../../loading/parse-source.js'
import type { LintedMigration, NotListed } from '../migration.js'
import { bodyOf, type FoundFunction, functionsCalled, memberOf, methodCalled } from './function-source.js'
import { placesIn } from './read-script.js'

/** What the text of a migration on documents tells. */
export interface DocumentsSource {
  notIdempotent: NonNullable<LintedMigration['notIdempotent']>
  notListed: NotListed[]
  lacksDown: boolean
}

const inserts = new Set(['insertOne', 'insertMany', 'insert', 'create', 'bulkWrite', 'save'])
const adding = new Set(['$inc', '$push', '$mul'])
const looks = new Set([
  'findOne',
  'find',
  'countDocuments',
  'estimatedDocumentCount',
  'exists',
  'distinct',
  'listCollections',
  'aggregate',
])

/**
 * Looks at the `up` of a migration for writes that a second run would repeat: inserts with no look ahead of them, no upsert and
 * no `catch`, and `$inc`, `$push`, `$mul`. One that says `idempotent: true` or `transaction: true` is believed.
 *
 * @param name the migration's, where a file holds several
 */
export function readDocuments(file: string, text: string, name: string): DocumentsSource {
  const source = parseSource(file, text)
  const places = placesIn(text)
  const up = choose(functionsCalled(source, 'up'), name)
  if (up === undefined) return { notIdempotent: [], notListed: [{ line: 1, what: 'its up' }], lacksDown: false }
  const { holder } = up
  const says = (property: string) => nodeAt(memberOf(holder, property), 'value')?.fields.value === true
  const down = functionsCalled(source, 'down').find((each) => each.holder === holder)
  const refused = nodeAt(memberOf(holder, 'down'), 'value')?.type === 'BooleanLiteral'
  const lacksDown = !refused && (down === undefined || bodyOf(down.node)?.length === 0)
  const repeats = says('idempotent') || says('transaction') ? [] : repeatedBy(up.node)
  return {
    notIdempotent: repeats.map(({ node, call }) => ({ ...places(node.start), call })),
    notListed: [],
    lacksDown,
  }
}

function choose(all: readonly FoundFunction[], name: string): FoundFunction | undefined {
  if (all.length < 2) return all[0]
  return all.find(({ holder }) => textAt(nodeAt(memberOf(holder, 'name'), 'value'), 'value') === name)
}

function repeatedBy(up: SourceNode): { node: SourceNode; call: string }[] {
  const body = nodeAt(up, 'body')
  const all = body === undefined ? [] : [...nodesIn(body)]
  const called = all.flatMap((node) => {
    const method = methodCalled(node)
    return method === undefined ? [] : [{ node, name: method.name }]
  })
  const guarded =
    called.some(({ name }) => looks.has(name)) ||
    all.some(({ type }) => type === 'CatchClause') ||
    all.some((node) => node.type === 'KeyValueProperty' && textAt(nodeAt(node, 'key'), 'value') === 'upsert')
  if (guarded) return []
  return called.flatMap(({ node, name }) => {
    if (inserts.has(name)) return [{ node, call: name }]
    const operator = nodesAt(node, 'arguments')
      .flatMap((each) => [...nodesIn(each)])
      .find((each) => each.type === 'KeyValueProperty' && adding.has(textAt(nodeAt(each, 'key'), 'value') ?? ''))
    return operator === undefined ? [] : [{ node, call: `${name} with ${textAt(nodeAt(operator, 'key'), 'value')}` }]
  })
}
