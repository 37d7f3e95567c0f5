import type { Code, Nodes } from 'mdast'
import { visit } from 'unist-util-visit'
import { readMarkdown } from '../../../scripts/markdown.mjs'

/** A fenced block of a tutorial. */
export interface Block {
  /** The first word behind the fence: `sh`, `text`, `ts`, … */
  language: string
  /** What follows it, such as `file=src/a.ts` or `exit=5`; a word without a value is `''`. */
  says: Record<string, string>
  text: string
  /** Where its text begins, as `page:line`. */
  place: string
}

/** How a tutorial begins: which example it copies, and which packages it adds to those of the example's package.json. */
export interface Beginning {
  /** Below `examples/`. */
  path: string
  added: string[]
}

export interface Tutorial {
  beginning: Beginning
  /** Everything behind the beginning. */
  blocks: Block[]
}

/**
 * Reads `docs/tutorials/<name>.md`. Its first block is the one that copies and installs (`sh install`). The files of the
 * index are every tutorial's.
 */
export async function readTutorial(name: string): Promise<Tutorial> {
  const [first, ...blocks] = await readPage(name)
  if (first?.says.install === undefined) throw new Error(`${name} begins with no 'sh install'`)
  const common = (await readPage('README')).filter(({ says }) => says.file !== undefined)
  return { beginning: beginningOf(first), blocks: [...common, ...blocks] }
}

async function readPage(name: string): Promise<Block[]> {
  const [page] = await readMarkdown([`docs/tutorials/${name}.md`])
  if (page === undefined) throw new Error(`There is no tutorial ${name}`)
  return blocksOf(page.tree, page.file)
}

/** The fenced blocks of a page. */
export function blocksOf(tree: Nodes, page: string): Block[] {
  const blocks: Block[] = []
  visit(tree, 'code', ({ lang, meta, value, position }: Code) => {
    const place = `${page}:${(position?.start.line ?? 0) + 1}`
    blocks.push({ language: lang ?? '', says: wordsOf(meta ?? ''), text: `${value}\n`, place })
  })
  return blocks
}

function wordsOf(info: string): Record<string, string> {
  const words = info.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?/g)
  return Object.fromEntries([...words].map(([, name, quoted, plain]) => [name, quoted ?? plain ?? '']))
}

function beginningOf({ text, place }: Block): Beginning {
  const path = /^cp -r examples\/(\S+) /m.exec(text)?.[1]
  if (path === undefined) throw new Error(`${place}: copies no example`)
  const added = [...text.matchAll(/^npm install --save-dev (.+)$/gm)].flatMap(([, names = '']) => names.split(' '))
  return { path, added }
}
