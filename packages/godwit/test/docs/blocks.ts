import type { Code, Html, Nodes } from 'mdast'
import { visit } from 'unist-util-visit'
import { readMarkdown } from '../../../../scripts/markdown.mjs'

/** One fenced code block of a page. */
export interface Block {
  /** From the root of the repository. */
  page: string
  /** Of the opening fence, 1-based. */
  line: number
  /** The first word of the info string; empty where there is none. */
  language: string
  text: string
  /** The path that the info string says, as in the tutorials: `ts file=src/user.ts`. */
  file?: string
  /** It stands within a file that is there already (`after=`, `instead=`): what walks the tutorial puts it there. */
  fragment: boolean
  /** Comments directly above, which a reader does not see: `<!-- with: … -->`. */
  notes: Note[]
}

/**
 * What a comment says of the block below it:
 *
 * - `with`: code that it stands behind; where that holds an `…`, code that it stands within;
 * - `file`: a file that it imports, its path in the first line;
 * - `in`: the folder that commands are given in, from the root of the repository;
 * - `refused`: that its language does not allow it, and why it stands there;
 * - `shape`: the definition of schema.json that a document has.
 */
export interface Note {
  kind: 'with' | 'file' | 'in' | 'refused' | 'shape'
  text: string
}

const pages = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'bench/README.md']
const patterns = [...pages, 'docs/**/*.md', 'packages/*/README.md', 'examples/README.md', 'examples/*/README.md']

/** Every block of the pages that people read, those of one language alone where it is given. */
export async function readBlocks(language?: string): Promise<Block[]> {
  const read = await readMarkdown(patterns)
  const blocks = read.flatMap(({ file, tree }) => blocksOf(file, tree))
  return language === undefined ? blocks : blocks.filter((block) => block.language === language)
}

/** Of a tutorial the example that it begins with, from the root of the repository: its files import from that one's. */
export function exampleOf({ page }: Block): string | undefined {
  const name = /^docs\/tutorials\/([\w-]+)\.md$/.exec(page)?.[1]
  if (name === undefined || name === 'README') return undefined
  return `examples/${name}${{ 'typeorm-backend': '/backend', 'chatai-platform': '/services/user-service' }[name] ?? ''}`
}

/** Where a block is, as an editor opens it. */
export const placeOf = ({ page, line }: Block) => `${page}:${line}`

function blocksOf(page: string, tree: Nodes): Block[] {
  const blocks: Block[] = []
  visit(tree, 'code', (code: Code, index, parent) => {
    const before = (parent?.children ?? []).slice(0, index ?? 0)
    const last = before.findLastIndex((node) => node.type !== 'html')
    const notes = before.slice(last + 1).flatMap((node) => noteOf(node as Html))
    const { lang, meta, value: text, position } = code
    const file = /\bfile=(\S+)/.exec(meta ?? '')?.[1]
    const fragment = /\b(after|instead)=/.test(meta ?? '')
    const at = { page, line: position?.start.line ?? 0, language: lang ?? '' }
    blocks.push({ ...at, text, fragment, notes, ...(file === undefined ? {} : { file }) })
  })
  return blocks
}

function noteOf({ value }: Html): Note[] {
  const found = /^<!--\s*(with|file|in|refused|shape):\s*([\s\S]*?)\s*-->$/.exec(value)
  return found === null ? [] : [{ kind: found[1] as Note['kind'], text: found[2] ?? '' }]
}
