// Writes the reference pages that are made from the code: docs/cli.md, docs/errors.md and docs/lint.md.
// With `--check` nothing is written, and a page that is not fresh fails.
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = new URL('../', import.meta.url)
const cli = fileURLToPath(new URL('packages/godwit/dist/cli.js', root))
const pages = { 'docs/cli.md': commandLine(), 'docs/errors.md': await errors(), 'docs/lint.md': await lint() }

let stale = 0
for (const [name, text] of Object.entries(pages)) {
  const file = new URL(name, root)
  if (!process.argv.includes('--check')) {
    await writeFile(file, text)
    continue
  }
  if ((await readFile(file, 'utf8').catch(() => '')) === text) continue
  console.error(`${name} is not fresh: npm run docs`)
  stale++
}
process.exit(stale === 0 ? 0 : 1)

function commandLine() {
  const top = help()
  const verbs = [...top.matchAll(/^ {2}([a-z]+)[|a-z]* \[options\]/gm)].map((match) => match[1])
  const parts = verbs.map((verb) => `## godwit ${verb}\n\n\`\`\`text\n${help(verb)}\n\`\`\`\n`)
  return `# Command line\n\nMade by \`npm run docs\` from \`godwit --help\`.\n\n\`\`\`text\n${top}\n\`\`\`\n\n${parts.join('\n')}`
}

function help(...verb) {
  const env = { ...process.env, COLUMNS: '100', NO_COLOR: '1' }
  return execFileSync(process.execPath, [cli, ...verb, '--help'], { encoding: 'utf8', env }).trim()
}

async function errors() {
  const { errorTable } = await load('packages/godwit/src/error-table.ts')
  const facts = new Proxy({}, { get: (_, key) => placeholder(`<${String(key)}>`) })
  const rows = Object.entries(errorTable)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([code, { exit, message, hint }]) =>
        `## ${code}\n\nExit code ${exit}.\n\n> ${quote(message(facts))}\n>\n> ${quote(hint(facts))}\n`,
    )
  return `# Errors\n\nMade by \`npm run docs\` from the one table of errors. The codes are stable; \`<…>\` stands for what the case fills in.\n\n${rows.join('\n')}`
}

async function lint() {
  const head = await readFile(new URL('scripts/lint-page.md', root), 'utf8')
  const { rules } = await load('packages/godwit/src/lint/table.ts')
  const { defaultOptions } = await load('packages/godwit/src/lint/options.ts')
  const file = new URL('packages/godwit/test/lint/squawk-differences.json', root)
  const differences = JSON.parse(await readFile(file, 'utf8'))
  const level = (rule) => (typeof rule.level === 'function' ? rule.level(defaultOptions) : rule.level)
  const overview = rules.map(
    (rule) => `| [\`${rule.code}\`](#${rule.code}) | ${level(rule)} | ${rule.from.join(', ')} |`,
  )
  const sections = rules.map((rule) => {
    const { finds, passes } = rule.examples ?? {}
    const note = rule.code === 'not-parsed' ? '<!-- refused: by the parser -->\n' : ''
    const example =
      finds === undefined ? '' : `\n${note}\`\`\`sql\n-- found\n${finds}\n-- not found\n${passes}\n\`\`\`\n`
    const also = rule.also === undefined ? '' : ` Also for: ${rule.also.map((code) => `\`${code}\``).join(', ')}.`
    return `### ${rule.code}\n\n${rule.why}${also}\n${example}`
  })
  const rows = differences.map(
    ({ side, rules, when, why }) => `| ${side} | ${rules.map((code) => `\`${code}\``).join(', ')} | ${when} | ${why} |`,
  )
  return head
    .replace('<!-- rules -->', ['| rule | level | also looked for by |', '|---|---|---|', ...overview].join('\n'))
    .replace('<!-- each -->', sections.join('\n').trimEnd())
    .replace('<!-- differences -->', ['| found by | rule | when | why |', '|---|---|---|---|', ...rows].join('\n'))
}

async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, root))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    external: ['libpg-query'],
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`)
}

// Behaves like the text or the list that a message may ask of a fact.
function placeholder(text) {
  return Object.assign([text], { toString: () => text, toFixed: () => text, startsWith: () => false })
}

function quote(text) {
  return String(text).replaceAll('\n', '\n> ').replaceAll('<', '&lt;')
}
