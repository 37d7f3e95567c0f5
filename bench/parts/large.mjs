import { once } from 'node:events'
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onPath } from '../process.mjs'
import { godwitCli } from '../tools.mjs'

const rowText = 'the quick brown fox jumps over the lazy dog and runs away'

/** One large SQL data file, half INSERT statements, half COPY data; what counts is the peak of memory. */
export async function largePairs({ databases, work, megabytes }) {
  const project = work.project('large', (folder) => mkdirSync(join(folder, 'migrations')))
  await writeData(join(project, 'migrations/00001_data.sql'), megabytes)
  const config = `export default { format: 'sql', migrations: 'migrations', database: process.env.DATABASE_URL }\n`
  writeFileSync(join(project, 'godwit.config.ts'), config)
  const godwit = async () => ({
    argv: [process.execPath, godwitCli, 'up'],
    cwd: project,
    env: { DATABASE_URL: await databases.next() },
  })
  const psql = onPath('psql')
  return [
    {
      name: `godwit sql, a file of ${megabytes} MB`,
      floor: psql === undefined ? 'itself' : 'psql --single-transaction',
      peakTarget: 512,
      floorProgram: async () =>
        psql === undefined
          ? godwit()
          : {
              argv: [
                psql,
                '-X',
                '-q',
                '-1',
                '-v',
                'ON_ERROR_STOP=1',
                '-f',
                'migrations/00001_data.sql',
                await databases.next(),
              ],
              cwd: project,
            },
      program: godwit,
    },
  ]
}

async function writeData(file, megabytes) {
  const half = (megabytes * 1024 * 1024) / 2
  const out = createWriteStream(file)
  const columns = '(id integer PRIMARY KEY, name text NOT NULL, amount numeric NOT NULL)'
  out.write(`CREATE TABLE inserted ${columns};\nCREATE TABLE copied ${columns};\n`)
  await fill(
    out,
    half,
    (id) => `INSERT INTO inserted (id, name, amount) VALUES (${id}, 'It''s ${rowText}', ${id}.25);\n`,
  )
  out.write('COPY copied (id, name, amount) FROM stdin;\n')
  await fill(out, half, (id) => `${id}\t${rowText}\t${id}.25\n`)
  out.end('\\.\n')
  await once(out, 'finish')
}

async function fill(out, bytes, row) {
  let written = 0
  for (let id = 1; written < bytes; ) {
    let piece = ''
    while (piece.length < 65_536) piece += row(id++)
    written += piece.length
    if (!out.write(piece)) await once(out, 'drain')
  }
}
