// Reads the Markdown files of the repository: for the check of the links, and for the tests of the code blocks.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { remark } from 'remark'
import remarkGfm from 'remark-gfm'
import { glob } from 'tinyglobby'

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../', import.meta.url))

const parser = remark().use(remarkGfm)

/**
 * Every Markdown file as a syntax tree (mdast), as GitHub reads it.
 *
 * @param {string[]} patterns globs from the root of the repository
 * @returns {Promise<{ file: string, tree: import('mdast').Root }[]>} files relative to the root, sorted
 */
export async function readMarkdown(patterns = ['**/*.md']) {
  // In scripts/ are parts of generated pages.
  const ignore = ['scripts/**', '**/node_modules/**', '**/dist/**', '**/coverage/**', '**/.*/**']
  const files = (await glob(patterns, { cwd: root, ignore })).sort()
  return Promise.all(
    files.map(async (file) => ({ file, tree: parser.parse(await readFile(`${root}${file}`, 'utf8')) })),
  )
}
