import { readFile } from 'node:fs/promises'

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
  const page = `docs/tutorials/${name}.md`
  return blocksOf(await readFile(new URL(`../../../${page}`, import.meta.url), 'utf8'), page)
}

/** The fenced blocks of a page. */
export function blocksOf(markdown: string, page: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)(.*)\n([\s\S]*?)^```$/gm)].map((found) => {
    const [, language = '', info = '', text = ''] = found
    const line = markdown.slice(0, found.index).split('\n').length + 1
    return { language, says: wordsOf(info), text, place: `${page}:${line}` }
  })
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
