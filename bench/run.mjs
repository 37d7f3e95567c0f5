import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { emptyDatabases } from './empty-databases.mjs'
import { runPairs } from './pairs.mjs'
import { applyPairs } from './parts/apply.mjs'
import { catalogPairs } from './parts/catalog.mjs'
import { generatePairs } from './parts/generate.mjs'
import { measureImpact } from './parts/impact.mjs'
import { largePairs } from './parts/large.mjs'
import { checkPairs } from './parts/nothing.mjs'
import { seedPairs } from './parts/seed.mjs'
import { startPairs } from './parts/start.mjs'
import { onPath } from './process.mjs'
import { makeWorkFolder } from './projects.mjs'
import { startServer } from './server.mjs'
import { summarize, table } from './table.mjs'
import { godwits, peers } from './tools.mjs'

const partNames = ['start', 'nothing', 'status', 'apply', 'large', 'generate', 'catalog', 'seed', 'impact']
const usage = `npm run bench -- [${partNames.join(' | ')} …] [options]

  --migrations <n>   how many migrations (default 1000)
  --rounds <n>       rounds of each part (default 15 of start, nothing and status, 3 of apply, generate, seed and impact, 1 of large)
  --only <text>      only tools whose name holds this text; several are parted by commas
  --no-peers         only Godwit beside its floors
  --postgres <n>     major version of the server: 15 or 18 (default 18)
  --megabytes <n>    size of the large file (default 200)
  --rows <n>         rows of a seed, and of a table of impact (default 1000000)
  --json             one JSON document on stdout, and nothing else there
`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    migrations: { type: 'string', default: '1000' },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    'no-peers': { type: 'boolean', default: false },
    postgres: { type: 'string', default: '18' },
    megabytes: { type: 'string', default: '200' },
    rows: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const unknown = positionals.find((name) => !partNames.includes(name))
const noServer = ['15', '18'].includes(flags.postgres) ? undefined : flags.postgres
if (flags.help || unknown !== undefined || noServer !== undefined) {
  if (unknown !== undefined) console.error(`There is no part '${unknown}'.\n`)
  if (noServer !== undefined) console.error(`There is no PostgreSQL ${noServer} here.\n`)
  console.error(usage)
  process.exit(flags.help ? 0 : 2)
}

const say = (text = '') => (flags.json ? console.error(text) : console.log(text))
const note = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
const wanted = flags.only.split(',')
const tools = [...godwits, ...(flags['no-peers'] ? [] : peers())].filter(({ name }) =>
  wanted.some((text) => name.includes(text)),
)
const parts = positionals.length === 0 ? partNames : partNames.filter((name) => positionals.includes(name))
const count = Number(flags.migrations)
const rounds = (usual) => (flags.rounds === undefined ? usual : Number(flags.rounds))

// The server's own package stops it at a signal; what then fails here is no news.
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    stopped = true
  })
const closing = []
const server = await startServer(flags.postgres)
const work = makeWorkFolder()
const machine = `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`
const document = { node: process.version, postgresql: server.version, machine, migrations: count, parts: {} }
say(`Node ${process.version}, PostgreSQL ${server.version} with its default settings, ${machine}`)
if (onPath('psql') === undefined) say('No psql on PATH: the floor of applying is a bare node script.')
if (onPath('goose') === undefined) say('No goose on PATH: not measured.')
try {
  const databases = emptyDatabases(server, 'empty')
  const context = {
    atEnd: (close) => closing.push(close),
    server,
    databases,
    work,
    count,
    note,
    megabytes: Number(flags.megabytes),
    rows: Number(flags.rows),
    noPeers: flags['no-peers'],
  }
  const makers = {
    start: { title: 'Starting', rounds: 15, pairs: () => startPairs() },
    nothing: {
      title: `${count} migrations, all applied: up`,
      rounds: 15,
      pairs: () => checkPairs('up', tools, context),
    },
    status: {
      title: `${count} migrations, all applied: status`,
      rounds: 15,
      pairs: () => checkPairs('status', tools, context),
    },
    apply: { title: `${count} migrations, an empty database: up`, rounds: 3, pairs: () => applyPairs(tools, context) },
    generate: {
      title: `${count} entities, one of them changed: generate`,
      rounds: 3,
      pairs: () => generatePairs(context),
    },
    catalog: { title: `${count} tables: reading the catalogue`, rounds: 5, pairs: () => catalogPairs(context) },
    seed: { title: `${flags.rows} rows by a seed`, rounds: 3, pairs: () => seedPairs(context) },
    large: { title: `One SQL file of ${flags.megabytes} MB: up`, rounds: 1, pairs: () => largePairs(context) },
  }
  for (const part of parts) {
    if (part === 'impact') {
      const { results, lines } = await measureImpact({ ...context, rounds: rounds(3) })
      await databases.drop()
      document.parts.impact = results
      note('')
      say(`\nHow long statements take, beside what plan says (${rounds(3)} rounds)\n`)
      for (const line of lines) say(line)
      continue
    }
    const { title, rounds: usual, pairs } = makers[part]
    const warmUps = part === 'large' || part === 'seed' ? 0 : 1
    const results = await runPairs(await pairs(), { rounds: rounds(usual), warmUps, note })
    await databases.drop()
    const summaries = results.map(summarize)
    document.parts[part] = summaries
    note('')
    say(`\n${title} (floor: ${[...new Set(summaries.map((s) => s.floor))].join(', ')}; ${rounds(usual)} rounds)\n`)
    for (const line of table(summaries)) say(line)
  }
} catch (error) {
  if (!stopped) throw error
} finally {
  for (const close of closing) await close()
  await server.stop()
}
if (flags.json && !stopped) console.log(JSON.stringify(document, null, 2))
