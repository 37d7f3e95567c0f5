import type { Node } from 'libpg-query'

/** The kinds of node in a parse tree, by PostgreSQL's own names: `CreateStmt`, `IndexStmt`, … */
export type NodeKind = Node extends infer Each ? (Each extends Each ? keyof Each : never) : never
export type NodeOf<Kind extends NodeKind> = Extract<Node, { [K in Kind]: unknown }>[Kind]

/** One statement's tree: its kind and its fields. */
export interface Tree {
  kind: NodeKind
  fields: object
}

let parseSync: ((text: string) => { stmts?: { stmt?: Node }[] }) | undefined

let loading: Promise<void> | undefined

/** Loads PostgreSQL's parser, once. Nothing else in this folder loads it. */
export function loadParser(): Promise<void> {
  loading ??= load()
  return loading
}

async function load(): Promise<void> {
  const library = await import('libpg-query')
  await library.loadModule()
  parseSync = library.parseSync
}

/** Whether {@link loadParser} is done, so that {@link parseStatement} may be called. */
export function isParserLoaded(): boolean {
  return parseSync !== undefined
}

/**
 * The tree of one statement, or nothing when our parser does not know the syntax; an older or newer server may.
 * {@link loadParser} must have been awaited.
 */
export function parseStatement(text: string): Tree | undefined {
  if (parseSync === undefined) throw new Error('loadParser() must be awaited before a statement is classified')
  // the parser reads a C string, which a NUL would end before the text does
  if (text.includes('\0')) return undefined
  let statements: { stmt?: Node }[]
  try {
    statements = parseSync(text).stmts ?? []
  } catch (error) {
    // not a syntax error, such as a stack overflow: it must not have broken the parser for the next statement
    if (!(error instanceof Error && error.name === 'SqlError')) parseSync('SELECT 1')
    return undefined
  }
  const node = statements[0]?.stmt
  if (node === undefined || statements.length > 1) return undefined
  return treeOf(node)
}

export function treeOf(node: Node): Tree {
  const [[kind, fields]] = Object.entries(node) as [[NodeKind, object]]
  return { kind, fields }
}

/** The fields of a tree when it is of that kind. */
export function as<Kind extends NodeKind>(tree: Tree, kind: Kind): NodeOf<Kind> | undefined {
  return tree.kind === kind ? (tree.fields as NodeOf<Kind>) : undefined
}

const storing = new Set<NodeKind>(['CreateFunctionStmt', 'CreatePolicyStmt', 'RuleStmt', 'ViewStmt'])

/** Whether a statement only keeps the code in it for later. */
export function onlyStores(tree: Tree): boolean {
  return storing.has(tree.kind)
}
