import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { onTestFinished } from 'vitest'
import { createDatabase } from '../support/database.js'

/** One empty database, gone when the test ends. */
export interface TestTarget {
  /** What `--database-url` takes. */
  url: string
  /** Its name, as the server knows it. */
  name: string
  /** Runs one query, or several of which the last one answers, on a connection of its own. */
  query: <Row extends object = Record<string, unknown>>(text: string) => Promise<Row[]>
}

/** A database that the contract is held against. */
export interface Subject {
  name: string
  /** A server takes several connections; the embedded one is one process and one session. */
  server: boolean
  open: () => Promise<TestTarget>
}

/** The real servers of the run. */
export const servers: readonly Subject[] = ([15, 18] as const).map((major) => ({
  name: `PostgreSQL ${major}`,
  server: true,
  open: () => createDatabase(major),
}))

let template: Promise<string> | undefined

/** PGlite on a folder. Making one takes seconds, so one is made and copied. */
export const embedded: Subject = {
  name: 'PGlite',
  server: false,
  open: async () => {
    template ??= makeTemplate()
    const root = mkdtempSync(join(tmpdir(), 'godwit-embedded-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    const folder = join(root, 'db')
    cpSync(await template, folder, { recursive: true })
    return {
      url: `embedded:${folder}`,
      name: 'postgres',
      query: async <Row extends object>(text: string) => {
        const database = await PGlite.create({ dataDir: folder })
        try {
          return ((await database.exec(text)).at(-1)?.rows ?? []) as Row[]
        } finally {
          await database.close()
        }
      },
    }
  },
}

async function makeTemplate(): Promise<string> {
  const folder = join(mkdtempSync(join(tmpdir(), 'godwit-embedded-template-')), 'db')
  mkdirSync(folder)
  process.once('exit', () => rmSync(join(folder, '..'), { recursive: true, force: true }))
  await (await PGlite.create({ dataDir: folder })).close()
  return folder
}
