import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { onPath } from './process.mjs'
import * as write from './write-migrations.mjs'

const require = createRequire(import.meta.url)
const own = (name) => new URL(`programs/${name}`, import.meta.url).pathname

/** The folder of an installed package, wherever npm put it. */
export function packageFolder(name) {
  for (const modules of require.resolve.paths(name)) {
    try {
      return dirname(require.resolve(join(modules, name, 'package.json')))
    } catch {}
  }
  throw new Error(`${name} is not installed: run npm ci`)
}

export const godwitCli = join(packageFolder('godwit'), 'dist/cli.js')

/**
 * A tool with its own 1,000 migrations.
 *
 * @typedef {object} Tool
 * @property {string} name
 * @property {(project: string, count: number) => void} write makes the project
 * @property {(verb: 'up' | 'status') => string[] | undefined} argv
 * @property {string} files folder of the migrations, in the project
 * @property {string} history a query that reads the tool's history
 * @property {string} [note] said beside the results
 */

const history = {
  sql: 'SELECT name, hash, applied_at FROM godwit_migrations ORDER BY applied_at, name',
  prisma: 'SELECT migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations ORDER BY started_at',
  nodePgMigrate: 'SELECT name, run_on FROM pgmigrations ORDER BY run_on, id',
  typeorm: 'SELECT id, timestamp, name FROM migrations ORDER BY id',
}

const godwit = (verb) => [process.execPath, godwitCli, verb]

/** Godwit on each format. `nothing` and `apply` are the ratios that must be reached. @type {(Tool & { nothing: number, apply?: number })[]} */
export const godwits = [
  { name: 'godwit sql', write: write.writeSql, files: 'migrations', history: history.sql, nothing: 1.3, apply: 1.3 },
  {
    name: 'godwit prisma',
    write: write.writePrisma,
    files: 'prisma/migrations',
    history: history.prisma,
    nothing: 1.3,
    apply: 1.3,
  },
  {
    name: 'godwit node-pg-migrate',
    write: write.writeNodePgMigrate,
    files: 'migrations',
    history: history.nodePgMigrate,
    nothing: 1.3,
  },
  {
    name: 'godwit typeorm js',
    write: write.writeTypeormJs,
    files: 'dist/migrations',
    history: history.typeorm,
    nothing: 1.3,
    apply: 1.4,
  },
  {
    name: 'godwit typeorm ts',
    write: write.writeTypeormTs,
    files: 'src/migrations',
    history: history.typeorm,
    nothing: 1.3,
  },
].map((tool) => ({ ...tool, argv: godwit }))

/** The peers that are there, each with its own kind of files. @returns {Tool[]} */
export function peers() {
  const typeormCli = join(packageFolder('typeorm'), 'cli.js')
  const nodePgMigrateCli = join(packageFolder('node-pg-migrate'), 'bin/node-pg-migrate.js')
  const found = [
    {
      name: 'node-pg-migrate',
      write: write.writeNodePgMigrate,
      files: 'migrations',
      history: history.nodePgMigrate,
      argv: (verb) =>
        verb === 'up' ? [process.execPath, nodePgMigrateCli, 'up', '--no-single-transaction'] : undefined,
    },
    {
      name: 'typeorm js',
      write: write.writeTypeormJs,
      files: 'dist/migrations',
      history: history.typeorm,
      argv: (verb) =>
        verb === 'up'
          ? [process.execPath, typeormCli, 'migration:run', '-d', 'dist/data-source.js', '-t', 'each']
          : [process.execPath, typeormCli, 'migration:show', '-d', 'dist/data-source.js'],
    },
    {
      name: 'knex',
      write: write.writeKnex,
      files: 'migrations',
      history: 'SELECT * FROM knex_migrations ORDER BY id',
      argv: (verb) => [process.execPath, own('knex.cjs'), verb],
    },
    {
      name: 'drizzle',
      write: write.writeDrizzle,
      files: 'migrations',
      history: 'SELECT * FROM drizzle.__drizzle_migrations ORDER BY id',
      argv: (verb) => (verb === 'up' ? [process.execPath, own('drizzle.cjs')] : undefined),
    },
    {
      name: 'kysely',
      write: write.writeKysely,
      files: 'migrations',
      history: 'SELECT * FROM kysely_migration ORDER BY name',
      argv: (verb) => [process.execPath, own('kysely.cjs'), verb],
    },
  ]
  const goose = onPath('goose')
  if (goose !== undefined)
    found.push({
      name: 'goose',
      write: write.writeGoose,
      files: 'migrations',
      history: 'SELECT * FROM goose_db_version ORDER BY id',
      argv: (verb) => [goose, '-dir', 'migrations', verb],
      env: (url) => ({ GOOSE_DRIVER: 'postgres', GOOSE_DBSTRING: url }),
    })
  return found
}

/** A tool's program in its project, on a database. */
export function toolProgram(tool, verb, { project, url }) {
  return { argv: tool.argv(verb), cwd: project, env: { DATABASE_URL: url, ...tool.env?.(url) } }
}

/** The floor of a check: see programs/floor.cjs. */
export function checkFloor(tool, { project, url }) {
  return {
    argv: [process.execPath, own('floor.cjs'), tool.files, tool.history],
    cwd: project,
    env: { DATABASE_URL: url },
  }
}

/** The floor of applying: psql, or a bare node script where there is none. */
export function applyFloor({ project, url }) {
  const psql = onPath('psql')
  return psql === undefined
    ? bareApply({ project, url })
    : { argv: [psql, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', 'all.psql', url], cwd: project }
}

/** One message a file from Node: what a Node tool can reach. */
export function bareApply({ project, url }) {
  return { argv: [process.execPath, own('apply-bare.cjs'), 'migrations'], cwd: project, env: { DATABASE_URL: url } }
}
