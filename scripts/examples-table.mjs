// Writes the tables of examples/README.md: every command of the five documents, from examples/documents/, with what the tests saw of it, from
// examples/test/outcomes.json, which a run of the tests leaves. With `--check` nothing is written, and a table that is not fresh fails.
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { seenOf } from './examples-seen.mjs'

const root = new URL('../examples/', import.meta.url)
const readme = new URL('README.md', root)
const checking = process.argv.includes('--check')

if (!existsSync(new URL('test/outcomes.json', root))) {
  console.log('The tables of examples/README.md are not compared: no run of the tests has left outcomes here.')
  process.exit()
}
const outcomes = await json('test/outcomes.json')
const written = await readFile(readme, 'utf8')
const files = (await readdir(new URL('test/', root))).filter((file) => file.endsWith('.test.ts'))

const problems = []
let text = written
for (const file of (await readdir(new URL('documents/', root))).sort()) {
  const system = file.replace('.json', '')
  const document = await json(`documents/${file}`)
  const { wrong, absent, rows, otherwise } = seenOf(document, system, outcomes, files)
  problems.push(...wrong.map((each) => `${system}: ${each}`))
  // Not run here, so that what is written stays.
  if (absent.length > 0) console.log(`${system} is left out of examples/README.md: ${someOf(absent)}`)
  else if (wrong.length === 0) text = withPart(text, system, partOf(rows, otherwise))
}
if (text !== written && checking) problems.push('examples/README.md is not fresh: npm run docs:examples')
if (text !== written && !checking) await writeFile(readme, text)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

function partOf(rows, otherwise) {
  const head = ['section', 'command', 'what the document says', 'what was seen']
  const lines = rows.map(({ section, command, outcome, seen }) => [cell(section), code(command), cell(outcome), seen])
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`)
  return `${table.join('\n')}\n\n${otherwise.map(([when, seen]) => `- ${when}: ${seen}`).join('\n')}\n`
}

function someOf([first, ...more]) {
  return more.length === 0 ? first : `${first}, and ${more.length} more`
}

function withPart(page, system, part) {
  const [start, end] = [`<!-- commands of ${system}: npm run docs:examples -->\n`, `<!-- end of ${system} -->\n`]
  const [from, to] = [page.indexOf(start), page.indexOf(end)]
  if (from >= 0 && to > from) return `${page.slice(0, from + start.length)}\n${part}\n${page.slice(to)}`
  problems.push(`${system}: examples/README.md lacks its markers`)
  return page
}

// A command of several lines is known by its first.
function code(command) {
  const [first, ...more] = command.split('\n')
  const shown = more.length === 0 ? first : `${first} …`
  return shown.includes('`') ? cell(shown) : `\`${cell(shown)}\``
}

function cell(words) {
  return words.replaceAll('|', '\\|')
}

async function json(path) {
  return JSON.parse(await readFile(new URL(path, root), 'utf8'))
}
