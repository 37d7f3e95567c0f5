import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { spread } from '../pairs.mjs'
import { runProgram } from '../process.mjs'
import { godwitCli } from '../tools.mjs'

const tables = {
  narrow: {
    share: 1,
    columns: 'id int PRIMARY KEY, a int, b int',
    row: 'n, n % 1000, n',
    more: ['CREATE INDEX ON narrow (b)'],
  },
  wide: {
    share: 0.5,
    columns: 'id bigint PRIMARY KEY, email text, name text, body text, data jsonb, at timestamptz, owner int',
    row: `n, 'user' || n || '@example.com', 'User number ' || n, repeat(md5(n::text), 15),
      jsonb_build_object('n', n, 'tags', jsonb_build_array('a', n)), to_timestamp(1700000000 + n), 1 + n % 1000`,
    more: ['CREATE INDEX ON wide (email)', 'CREATE INDEX ON wide (at)', 'CREATE INDEX ON wide (owner)'],
  },
}

// Those that change rows stand last: what they leave behind, rolled back, is in the way of the others.
const statements = [
  'ALTER TABLE narrow ALTER COLUMN a SET NOT NULL',
  'ALTER TABLE narrow ADD CHECK (a >= 0)',
  'ALTER TABLE wide ALTER COLUMN email SET NOT NULL',
  "ALTER TABLE wide ADD CHECK (name <> '')",
  'ALTER TABLE wide ADD FOREIGN KEY (owner) REFERENCES narrow',
  'CREATE INDEX ON narrow (a)',
  'CREATE UNIQUE INDEX ON narrow (b)',
  'CREATE INDEX ON wide (at)',
  'CREATE INDEX ON wide (name)',
  'CREATE INDEX ON wide USING gin (data)',
  'ALTER TABLE narrow ALTER COLUMN a TYPE bigint',
  'ALTER TABLE narrow ADD COLUMN token uuid DEFAULT gen_random_uuid()',
  'ALTER TABLE wide ALTER COLUMN owner TYPE bigint',
  'ALTER TABLE wide ADD COLUMN token uuid DEFAULT gen_random_uuid()',
  'DELETE FROM narrow',
  'UPDATE narrow SET a = a + 1',
  'DELETE FROM wide',
  "UPDATE wide SET name = name || '!'",
]

/**
 * What `godwit plan` says how long statements take, beside how long the server takes for them: each in a transaction that is
 * rolled back, on tables that are in memory as far as they fit.
 *
 * @returns {Promise<{ lines: string[], results: { statement: string, kind: string, megabytes: number, saysMs: number, ms: object, ratio: object }[] }>}
 */
export async function measureImpact({ databases, work, rows, rounds, note }) {
  const url = await databases.next()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await measureOn(client, { url, work, rows, rounds, note })
  } finally {
    await client.end()
  }
}

async function measureOn(client, { url, work, rows, rounds, note }) {
  for (const [name, { share, columns, row, more }] of Object.entries(tables)) {
    note(`filling ${name}`)
    await client.query(`CREATE TABLE ${name} (${columns})`)
    await client.query(`INSERT INTO ${name} SELECT ${row} FROM generate_series(1, ${Math.ceil(rows * share)}) AS n`)
    for (const statement of more) await client.query(statement)
    await client.query(`VACUUM ANALYZE ${name}`)
  }
  const project = work.project('impact', (folder) => mkdirSync(join(folder, 'migrations')))
  writeFileSync(join(project, 'godwit.config.ts'), "export default { format: 'sql' }\n")
  const results = []
  for (const statement of statements) {
    const planned = await planOf(statement, project, url)
    const times = []
    for (let round = 1; round <= rounds; round++) {
      note(`${statement}: ${round} of ${rounds}`)
      await client.query('CHECKPOINT')
      await client.query('BEGIN')
      const started = performance.now()
      await client.query(statement)
      times.push(performance.now() - started)
      await client.query('ROLLBACK')
    }
    results.push({ statement, ...planned, ms: spread(times), ratio: spread(times.map((ms) => ms / planned.saysMs)) })
  }
  return { results, lines: linesOf(results) }
}

async function planOf(statement, project, url) {
  const file = join(project, 'migrations/1_statement.sql')
  writeFileSync(file, `${statement};\n`)
  const { stdout } = await runProgram({
    argv: [process.execPath, godwitCli, 'plan', '--json', '--no-preflight'],
    cwd: project,
    env: { DATABASE_URL: url },
  })
  rmSync(file)
  const impact = JSON.parse(stdout).steps[0].statements[0]
  const bytes = impact.work.reduce((sum, work) => sum + work.bytes, 0)
  const kind = impact.work.map(({ does }) => does).join(', ')
  return {
    kind,
    megabytes: Math.round(bytes / 1e6),
    saysMs: impact.takes.about,
    factor: impact.takes.atMost / impact.takes.about,
  }
}

function linesOf(results) {
  const width = Math.max(...results.map(({ statement }) => statement.length))
  const kinds = Math.max(...results.map(({ kind }) => kind.length))
  const head = `${''.padEnd(width)}  ${''.padEnd(kinds)}     MB     says       ms  x said    min–max`
  const rows = results.map(({ statement, kind, megabytes, saysMs, ms, ratio, factor }) =>
    [
      statement.padEnd(width),
      kind.padEnd(kinds),
      String(megabytes).padStart(5),
      saysMs.toFixed(0).padStart(7),
      ms.median.toFixed(0).padStart(7),
      ratio.median.toFixed(2).padStart(6),
      `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`.padStart(9),
      ratio.median > factor || ratio.median < 1 / factor ? '!' : '',
    ]
      .join('  ')
      .trimEnd(),
  )
  return [head, ...rows]
}
