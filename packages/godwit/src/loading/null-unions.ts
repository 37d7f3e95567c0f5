/** What is read of swc's tree: spans count UTF-8 bytes from 1. */
interface Node {
  type: string
  span: { start: number; end: number }
  kind?: string
  types?: Node[]
  decorators?: unknown[]
}

/** Whether {@link withoutNulls} could change anything: a tree costs more than a look at the text. */
export function mayHoldNullUnions(source: string): boolean {
  return source.includes('@') && /\|\s*(?:null|undefined)\b|\b(?:null|undefined)\s*\|/.test(source)
}

/**
 * Blanks `null` and `undefined` in the unions of decorated classes, keeping every line and column. Without
 * `strictNullChecks` TypeScript writes `String` as the metadata of `string | null`, where swc writes `Object`, which
 * TypeORM refuses as a column type.
 */
export function withoutNulls(source: string, tree: unknown): string {
  const bytes = Buffer.from(source)
  visit(tree, false, bytes)
  return bytes.toString()
}

function visit(value: unknown, inClass: boolean, bytes: Buffer): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, inClass, bytes)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (inClass && isUnion(value)) blankNulls(value, bytes)
  // Bodies are left alone: metadata is written for members and parameters only.
  if ('type' in value && value.type === 'BlockStatement') inClass = false
  const within = inClass || ('type' in value && (value.type === 'ClassDeclaration' || value.type === 'ClassExpression'))
  for (const child of Object.values(value)) visit(child, within, bytes)
}

function isUnion(value: object): value is Node & { types: Node[] } {
  return 'type' in value && value.type === 'TsUnionType' && 'types' in value && Array.isArray(value.types)
}

function blankNulls(union: Node & { types: Node[] }, bytes: Buffer): void {
  const kept = union.types.filter((type) => type.kind !== 'null' && type.kind !== 'undefined')
  if (kept.length === 0 || kept.length === union.types.length) return
  let at = union.span.start - 1
  for (const [index, type] of kept.entries()) {
    blank(bytes, at, type.span.start - 1)
    if (index > 0) bytes[type.span.start - 2] = 0x7c
    at = type.span.end - 1
  }
  blank(bytes, at, union.span.end - 1)
}

function blank(bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; at++) if (bytes[at] !== 0x0a && bytes[at] !== 0x0d) bytes[at] = 0x20
}
