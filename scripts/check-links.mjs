// Checks every link and image of the Markdown files: files are there, headings are there (by GitHub's rules for their
// names), addresses are well-formed. Nothing is fetched. A page of docs/ to which no other page leads is told, too.
import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import GithubSlugger from 'github-slugger'
import { toString as textOf } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import { readMarkdown, root } from './markdown.mjs'

const pages = await readMarkdown()
const anchors = new Map(pages.map(({ file, tree }) => [file, anchorsOf(tree)]))
const led = new Set()
const problems = pages.flatMap(({ file, tree }) =>
  linksOf(tree).flatMap(({ url, line }) => {
    const problem = problemOf(file, url)
    return problem === undefined ? [] : [`${file}:${line} ${url}: ${problem}`]
  }),
)
for (const { file } of pages) {
  if (file.startsWith('docs/') && !led.has(file)) problems.push(`${file}: no other page leads here`)
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)

function problemOf(file, url) {
  if (/^[a-z][a-z+.-]*:/i.test(url)) return addressProblem(url)
  if (url.startsWith('/')) return 'say where it is from this page, not from the root'
  const [path, anchor] = decodeURI(url).split('#')
  const target = path === '' ? file : relative(root, join(root, dirname(file), path))
  if (target.startsWith('..') || !existsSync(join(root, target))) return 'no such file'
  if (target !== file) led.add(target)
  if (anchor === undefined) return undefined
  if (statSync(join(root, target)).isDirectory()) return 'a folder has no headings'
  return anchors.get(target)?.has(anchor) === false ? 'no such heading' : undefined
}

function addressProblem(url) {
  if (!URL.canParse(url)) return 'not an address'
  const { protocol, hostname } = new URL(url)
  const here = hostname === 'localhost' || hostname === '127.0.0.1'
  if (protocol === 'http:' && !here) return 'https, please'
  return ['http:', 'https:', 'mailto:'].includes(protocol) ? undefined : `no page is reached by ${protocol}`
}

function linksOf(tree) {
  const links = []
  visit(tree, ({ type, url, value, position }) => {
    const line = position.start.line
    if (type === 'link' || type === 'image' || type === 'definition') links.push({ url, line })
    if (type === 'html') {
      for (const [, found] of value.matchAll(/(?:href|src|srcset)="([^"]*)"/g)) links.push({ url: found, line })
    }
  })
  return links
}

function anchorsOf(tree) {
  const slugger = new GithubSlugger()
  const found = new Set()
  visit(tree, (node) => {
    if (node.type === 'heading') found.add(slugger.slug(textOf(node, { includeHtml: false })))
    if (node.type === 'html') for (const [, id] of node.value.matchAll(/(?:id|name)="([^"]*)"/g)) found.add(id)
  })
  return found
}
