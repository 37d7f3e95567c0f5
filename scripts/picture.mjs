// Writes docs/pictures/first-minute.svg, the picture of the README: what a terminal shows in a real session on the TypeORM example, with the
// embedded database. `npm run picture` renews it, on Linux (it needs `script` of util-linux); look at it in a browser before it is committed.
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { svgOf } from './picture/svg.mjs'
import { recorded } from './picture/terminal.mjs'

const columns = 114
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'godwit-picture-'))
const env = { ...process.env, GODWIT_DATABASE_URL: 'embedded', npm_config_loglevel: 'error', TERM: 'xterm-256color' }
for (const name of ['NO_COLOR', 'CI', 'NODE_ENV', 'DATABASE_URL']) delete env[name]

const session = [
  { line: 'npx godwit generate AddTax' },
  { line: 'npx godwit plan', expected: 3 },
  { line: "sed -i 's/NOT NULL/NOT NULL DEFAULT 0/' src/database/migrations/*-AddTax.ts" },
  { line: 'npx godwit verify' },
  { line: 'npx godwit up' },
]

try {
  await prepare()
  const lines = await recorded(session, { cwd: folder, env, columns })
  const file = join(root, 'docs/pictures/first-minute.svg')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(
    file,
    svgOf(lines, {
      columns,
      title: 'The first minute with Godwit in a TypeORM project',
      description: `A terminal: ${session.map(({ line }) => line).join('; ')}`,
    }),
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** The shop as it is in use: its migrations are applied, there are products, and an entity has got a new column. */
async function prepare() {
  await cp(join(root, 'examples/typeorm-backend/backend'), folder, {
    recursive: true,
    filter: (path) => !/node_modules|\.godwit|\.env$/.test(path.slice(root.length)),
  })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  godwit('dev', 'AddUserTable')
  await addProducts()
  const entity = join(folder, 'src/entities/product.ts')
  const price = '  priceCents!: number\n'
  const tax = "\n  @Column({ type: 'integer' })\n  tax!: number\n"
  await writeFile(entity, (await readFile(entity, 'utf8')).replace(price, price + tax))
}

function godwit(...args) {
  const { status, stderr } = spawnSync('npx', ['godwit', ...args], { cwd: folder, env })
  if (status !== 0) throw new Error(`godwit ${args.join(' ')} ended with ${status}\n${stderr}`)
}

async function addProducts() {
  const database = await PGlite.create(join(folder, '.godwit/db'))
  await database.exec(
    `INSERT INTO products (sku, name, "priceCents") VALUES ('TEA-100', 'Green tea', 450), ('CUP-1', 'Cup', 900)`,
  )
  await database.close()
}
