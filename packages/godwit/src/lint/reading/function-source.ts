import {
  childrenOf,
  nodeAt,
  nodesAt,
  nodesIn,
  type ParsedSource,
  type SourceNode,
  textAt,
} from '../../loading/parse-source.js'

/** A migration's function in a text, and what stands beside it. */
export interface FoundFunction {
  /** Its parameters and its body. */
  node: SourceNode
  /** The class or object that it is a member of; absent: it stands by itself. */
  holder: SourceNode | undefined
}

/** The functions called `name`, wherever they are declared, as members or by themselves. */
export function functionsCalled({ root }: ParsedSource, name: string): FoundFunction[] {
  const found: FoundFunction[] = []
  const visit = (node: SourceNode, holder: SourceNode | undefined): void => {
    const own = functionIn(node, name)
    if (own !== undefined) found.push({ node: own, holder })
    const inside =
      node.type === 'ClassDeclaration' || node.type === 'ClassExpression' || node.type === 'ObjectExpression'
    for (const child of childrenOf(node)) visit(child, inside ? node : holder)
  }
  visit(root, undefined)
  return found
}

function functionIn(node: SourceNode, name: string): SourceNode | undefined {
  const named = (key: SourceNode | undefined) => textAt(key, 'value') === name
  switch (node.type) {
    case 'ClassMethod':
      return named(nodeAt(node, 'key')) ? nodeAt(node, 'function') : undefined
    case 'MethodProperty':
      return named(nodeAt(node, 'key')) ? node : undefined
    case 'FunctionDeclaration':
      return named(nodeAt(node, 'identifier')) ? node : undefined
    case 'ClassProperty':
    case 'KeyValueProperty':
      return named(nodeAt(node, 'key')) ? asFunction(nodeAt(node, 'value')) : undefined
    case 'VariableDeclarator':
      return named(nodeAt(node, 'id')) ? asFunction(nodeAt(node, 'init')) : undefined
    case 'AssignmentExpression':
      return named(nodeAt(node, 'left', 'property')) ? asFunction(nodeAt(node, 'right')) : undefined
    default:
      return undefined
  }
}

function asFunction(node: SourceNode | undefined): SourceNode | undefined {
  return node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression' ? node : undefined
}

/** The name of a function's parameter, by its place. */
export function parameterOf(of: SourceNode, index: number): string | undefined {
  const parameter = nodesAt(of, 'params')[index]
  return textAt(parameter?.type === 'Parameter' ? nodeAt(parameter, 'pat') : parameter, 'value')
}

/** The statements of a function's body; nothing for an expression. */
export function bodyOf(of: SourceNode): SourceNode[] | undefined {
  const body = nodeAt(of, 'body')
  return body?.type === 'FunctionBody' || body?.type === 'BlockStatement' ? nodesAt(body, 'stmts') : undefined
}

/** A member of a class or an object, by its name. */
export function memberOf(holder: SourceNode | undefined, name: string): SourceNode | undefined {
  const members = [...nodesAt(holder, 'body'), ...nodesAt(holder, 'properties')]
  return members.find((member) => textAt(nodeAt(member, 'key'), 'value') === name)
}

/** Text that is the same each time: where it stands, and whether each character stands for itself. */
export interface Literal {
  value: string
  node: SourceNode
  plain: boolean
}

/** The literal that an expression is: a string, a template without holes, or a constant that is one. */
export function literalOf(source: ParsedSource, node: SourceNode | undefined): Literal | undefined {
  if (node === undefined) return undefined
  if (node.type === 'StringLiteral') {
    const value = textAt(node, 'value') ?? ''
    return { value, node, plain: source.text.slice(node.start + 1, node.end - 1) === value }
  }
  if (node.type === 'TemplateLiteral') {
    const [only, ...more] = nodesAt(node, 'quasis')
    const value = textAt(only, 'cooked')
    if (more.length > 0 || value === undefined) return undefined
    return { value, node, plain: source.text.slice(node.start + 1, node.end - 1) === value }
  }
  if (node.type !== 'Identifier') return undefined
  const name = textAt(node, 'value')
  const declared = [...nodesIn(source.root)].filter(
    (each) => each.type === 'VariableDeclarator' && textAt(nodeAt(each, 'id'), 'value') === name,
  )
  const constants = [...nodesIn(source.root)]
    .filter((each) => each.type === 'VariableDeclaration' && textAt(each, 'kind') === 'const')
    .flatMap((each) => nodesAt(each, 'declarations'))
  const [first] = declared
  if (declared.length !== 1 || first === undefined || !constants.includes(first)) return undefined
  const init = nodeAt(first, 'init')
  return init?.type === 'Identifier' ? undefined : literalOf(source, init)
}

/** The argument of a call, by its place. */
export function argumentOf(call: SourceNode, index: number): SourceNode | undefined {
  return nodeAt(nodesAt(call, 'arguments')[index], 'expression')
}

/** `object.name(…)`: whose and which; nothing for other calls. */
export function methodCalled(node: SourceNode): { object: SourceNode; name: string } | undefined {
  if (node.type !== 'CallExpression') return undefined
  const callee = nodeAt(node, 'callee')
  const object = nodeAt(callee, 'object')
  const name = textAt(nodeAt(callee, 'property'), 'value')
  return callee?.type === 'MemberExpression' && object !== undefined && name !== undefined
    ? { object, name }
    : undefined
}
