import { extname } from 'node:path'
import type * as Swc from '@swc/core'
import { isTypeScript } from './module-kind.js'
import { ownRequire } from './own-require.js'
import { syntaxError } from './syntax-error.js'

/** A part of a file's syntax tree, as swc gives it. */
export interface SourceNode {
  type: string
  /** UTF-16 offsets in the text. */
  start: number
  end: number
  /** The fields of the node; nodes in them are not converted. */
  fields: Readonly<Record<string, unknown>>
}

/** A TypeScript or JavaScript text with its tree. */
export interface ParsedSource {
  text: string
  root: SourceNode
}

/**
 * Parses a TypeScript or JavaScript text; swc is loaded for it.
 *
 * @throws GODWIT_FILE_SYNTAX
 */
export function parseSource(file: string, text: string): ParsedSource {
  const swc = ownRequire('@swc/core') as typeof Swc
  try {
    const tree = swc.parseSync(
      text,
      isTypeScript(file)
        ? { syntax: 'typescript', decorators: true, tsx: extname(file) === '.tsx' }
        : { syntax: 'ecmascript', decorators: true },
    )
    const characters = offsetsOf(text)
    return { text, root: convert(tree, characters) as SourceNode }
  } catch (cause) {
    throw syntaxError(file, cause)
  }
}

/** Every node below a node, itself included, outer ones first. `into` may keep the walk out of one. */
export function* nodesIn(node: SourceNode, into: (node: SourceNode) => boolean = () => true): Generator<SourceNode> {
  yield node
  if (!into(node)) return
  for (const child of childrenOf(node)) yield* nodesIn(child, into)
}

/** The nodes directly below a node, in the order of its fields. */
export function childrenOf({ fields }: SourceNode): SourceNode[] {
  return Object.values(fields)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
}

/** A field of a node that holds a node. */
export function nodeAt(node: SourceNode | undefined, ...path: readonly string[]): SourceNode | undefined {
  let at: unknown = node
  for (const name of path) at = isNode(at) ? at.fields[name] : undefined
  return isNode(at) ? at : undefined
}

/** A field of a node that holds a list of nodes; holes in it are left out. */
export function nodesAt(node: SourceNode | undefined, name: string): SourceNode[] {
  const value = node?.fields[name]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** A field of a node that holds a text. */
export function textAt(node: SourceNode | undefined, name: string): string | undefined {
  const value = node?.fields[name]
  return typeof value === 'string' ? value : undefined
}

function isNode(value: unknown): value is SourceNode {
  return typeof value === 'object' && value !== null && 'fields' in value && 'type' in value
}

// swc's spans count UTF-8 bytes from 1.
function offsetsOf(text: string): (byte: number) => number {
  const bytes = Buffer.from(text)
  if (bytes.length === text.length) return (byte) => byte - 1
  return (byte) => bytes.subarray(0, byte - 1).toString().length
}

function convert(value: unknown, characters: (byte: number) => number): unknown {
  if (Array.isArray(value)) return value.map((each) => convert(each, characters))
  if (typeof value !== 'object' || value === null) return value
  const { type, span, ...rest } = value as { type?: unknown; span?: { start: number; end: number } }
  const fields = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, convert(each, characters)]))
  // Arguments and the like hold a node and are none themselves.
  return {
    type: typeof type === 'string' ? type : '',
    start: span === undefined ? 0 : characters(span.start),
    end: span === undefined ? 0 : characters(span.end),
    fields,
  }
}
