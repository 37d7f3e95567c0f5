import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SeedsReport } from '../../../../src/index.js'
import { type SqlProject, sqlProject } from '../../../contract/sql-project.js'
import type { TestTarget } from '../../../contract/subject.js'

const library = join(import.meta.dirname, '../../../../dist/index.js')

type Request = Parameters<SqlProject['project']['seed']>[0]

/** A project whose one migration is made, with seeds. */
export interface SeedProject {
  folder: string
  target: TestTarget
  /** Writes the seed of this name: text behind the import of `defineSeed` and `ref`. */
  put: (name: string, text: string) => void
  /** A seed of rows; `rows` is JavaScript. */
  rows: (name: string, of: { table: string; key: string[]; rows: string; more?: string }) => void
  seed: (request?: Request) => Promise<SeedsReport>
  /** Seeds, and gives what became of the only seed, or of the last. */
  counts: (request?: Request) => Promise<Record<string, unknown> | undefined>
  /** Seeds, and gives the sentence of what failed. */
  fails: () => Promise<{ code: string; message: string }>
  query: TestTarget['query']
  warnings: () => string[]
}

/**
 * Makes a project with tables of this SQL.
 *
 * @param history its history table, where it is not the usual one
 */
export async function seedProject(target: TestTarget, tables: string, history?: string): Promise<SeedProject> {
  const { folder, again, warnings } = await sqlProject(target, { '1_tables.sql': tables })
  if (history !== undefined)
    writeFileSync(
      join(folder, 'godwit.config.json'),
      JSON.stringify({ format: 'sql', migrations: 'migrations', sql: { table: history } }),
    )
  await (await again()).up()
  mkdirSync(join(folder, 'seeds'))
  // Node imports a file once: each version is a file of its own, whose number is no part of the seed's name.
  const files = new Map<string, string>()
  let version = 0
  const put = (name: string, text: string) => {
    const old = files.get(name)
    if (old !== undefined) rmSync(old)
    const file = join(folder, 'seeds', `${++version}_${name}.mjs`)
    files.set(name, file)
    writeFileSync(file, `import { defineSeed, ref } from '${library}'\n${text}\n`)
  }
  const seed = async (request: Request = {}) => (await again()).seed(request)
  return {
    folder,
    target,
    put,
    rows: (name, { table, key, rows, more = '' }) =>
      put(
        name,
        `export default defineSeed({ table: ${JSON.stringify(table)}, key: ${JSON.stringify(key)}, rows: ${rows}, ${more} })`,
      ),
    seed,
    counts: async (request) => {
      const { seeds, error } = await seed(request)
      if (error !== undefined) throw error
      const last = seeds.at(-1)
      if (last === undefined) return undefined
      const { inserted, updated, unchanged, kept } = last
      return Object.fromEntries(Object.entries({ inserted, updated, unchanged, kept }).filter(([, n]) => n > 0))
    },
    fails: async () => {
      const { error } = await seed()
      if (error === undefined) throw new Error('it did not fail')
      return { code: error.code, message: error.message }
    },
    query: target.query,
    warnings,
  }
}
