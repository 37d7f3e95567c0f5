import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Body, FormatContext, Script, TableFormat } from '../contract.js'
import { holdsStatement, refuseEmpty } from '../empty-script.js'
import { fileScript } from '../files.js'
import { ReadFiles } from '../read-files.js'
import { prismaOrm } from './client/orm.js'
import { composeMigration, unwritten } from './create.js'
import type { GenerateContext } from './generate/generate.js'
import { prismaHistory } from './history.js'
import { listPrismaFolder } from './list.js'
import { prismaModels } from './models.js'
import { openPrismaProject, type PrismaProject } from './project.js'
import type { PrismaSection } from './section.js'
import { prismaUrl } from './url.js'

export type { PrismaSection } from './section.js'
export { type PrismaTarget, prismaUrl } from './url.js'

/** The advisory lock that Prisma's schema engine takes. */
const engineLock = 72707369n

/** Opens a Prisma project: `<name>/migration.sql`, and Godwit's `down.sql` beside it (rule 17). */
export async function openPrismaFormat(context: FormatContext<PrismaSection | undefined>): Promise<TableFormat> {
  const { projectDir } = context
  const project = openPrismaProject(context)
  const orm = prismaOrm(project, context)
  let read = new ReadFiles()
  return {
    id: 'prisma',
    list: async () => {
      read = new ReadFiles()
      return listPrismaFolder(await project.folder(), projectDir, read)
    },
    sortKeyOf: (name) => name,
    load: async (file, direction): Promise<Body | null> => {
      if (direction === 'up') {
        const script = fileScript(file.file, projectDir, read)
        if (await holdsStatement(script)) return { kind: 'script', script }
        if (await holds(script, unwritten)) await refuseEmpty(script, file.name, projectDir)
        // Prisma applies its own "-- This is an empty migration." and records it like any other.
        return nothing
      }
      const path = join(dirname(file.file), 'down.sql')
      if (!existsSync(path)) return null
      const script = fileScript(path, projectDir)
      await refuseEmpty(script, `The way back of ${file.name}`, projectDir)
      return { kind: 'script', script }
    },
    history: prismaHistory(),
    peerLocks: [engineLock],
    create: async (name, options) => composeMigration(await project.folder(), name, options, projectDir),
    generate: async (request) => {
      const { generateMigration } = await import('./generate/generate.js')
      return generateMigration(await generateContext(project, projectDir), request)
    },
    generatesInTransaction: true,
    baseline: async (request) => {
      const { composeBaseline } = await import('./baseline.js')
      return composeBaseline(request, project, projectDir)
    },
    shadowSetUp: project.shadowSetUp,
    leftToOthers: async () => {
      const [{ tables, enums }, usual] = [await project.external(), await project.schema()]
      return { tables: tables.map((name) => namedIn(usual, name)), types: enums.map((name) => namedIn(usual, name)) }
    },
    firstName: 'init',
    models: prismaModels(project, projectDir),
    target: project.url,
    orm,
    seedCommand: project.seed,
    close: orm.close,
  }
}

// As the config has it: `auth.users`.
function namedIn(usual: string, written: string): { schema: string; name: string } {
  const dot = written.indexOf('.')
  return dot < 0 ? { schema: usual, name: written } : { schema: written.slice(0, dot), name: written.slice(dot + 1) }
}

async function generateContext(project: PrismaProject, projectDir: string): Promise<GenerateContext> {
  const { files } = await project.source()
  const url = await project.url().catch(() => undefined)
  const schema = url === undefined ? undefined : prismaUrl(url, projectDir).schema
  return { projectDir, folder: await project.folder(), files, schema, external: await project.external() }
}

const nothing: Body = { kind: 'collected', collect: async () => ({ statements: [], transaction: true }) }

async function holds(script: Script, text: string): Promise<boolean> {
  for await (const piece of script.read()) if (piece.includes(text)) return true
  return false
}
