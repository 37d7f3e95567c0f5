import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { peerVersion } from '../../../loading/peer.js'
import type { FormatContext, Orm, OrmContext, OrmSession } from '../../contract.js'
import type { PrismaProject } from '../project.js'
import type { PrismaSection } from '../section.js'
import { type FoundClient, findClient, makeClient } from './find-client.js'
import { openTransaction } from './own-transaction.js'
import { ModelRows } from './rows.js'
import { adapterOn } from './session-pool.js'
import { type ModelShape, modelNamed, type PrismaClient } from './shapes.js'

/** The first version whose clients reach the database through an adapter only. */
const WITH_ADAPTER = 7

/**
 * Prisma for seeds. A client that is made here works in the seed's own transaction; one that the project made has its own
 * connection and its own transaction, which is committed before the seed's.
 */
export function prismaOrm(
  project: PrismaProject,
  { projectDir, section }: FormatContext<PrismaSection | undefined>,
): Orm & { close: () => Promise<void> } {
  let finding: Promise<FoundClient> | undefined
  const made: PrismaClient[] = []
  let restore = () => {}
  const find = ({ url }: OrmContext): Promise<FoundClient> => {
    if (finding === undefined) {
      // What the project makes itself reads it, when it is imported or later.
      restore = withVariable('DATABASE_URL', url)
      finding = findClient(section?.client, project, projectDir)
    }
    return finding
  }
  const clientFor = async (context: OrmContext): Promise<PrismaClient> => {
    const found = await find(context)
    if ('instance' in found) return found.instance
    const adapted = Number(peerVersion('@prisma/client', projectDir)?.split('.')[0]) >= WITH_ADAPTER
    const client = makeClient(
      found,
      adapted
        ? { adapter: await adapterOn(sessionOf(context), projectDir) }
        : { ...(context.url === undefined ? {} : { datasourceUrl: context.url }) },
    )
    made.push(client)
    return client
  }
  let known: Promise<PrismaClient> | undefined
  const reading = (context: OrmContext): Promise<PrismaClient> => {
    known ??= clientFor(context)
    return known
  }
  return {
    tool: 'prisma',
    modelsByName: true,
    describe: async (entity, context) => {
      const model = modelNamed(await reading(context), entity)
      return model && { name: model.name, ...placeOf(model.name, model.shape) }
    },
    known: async (context) => Object.keys((await reading(context))._runtimeDataModel.models).sort(),
    open: async (context) => {
      const found = await find(context)
      const client = await clientFor(context)
      const adapted =
        'make' in found && Number(peerVersion('@prisma/client', projectDir)?.split('.')[0]) >= WITH_ADAPTER
      if (adapted) return sessionWith(client, async () => {})
      const where = { file: found.file, session: sessionOf(context), address: addressOf(context) }
      const { inside, end } = await openTransaction(client, where)
      return sessionWith(inside, end)
    },
    close: async () => {
      for (const client of made.splice(0)) await client.$disconnect()
      const found = await finding?.catch(() => undefined)
      if (found !== undefined && 'instance' in found) await found.instance.$disconnect()
      restore()
    },
  }
}

function sessionWith(client: PrismaClient, end: OrmSession['end']): OrmSession {
  return {
    tool: client,
    find: (entity, where) => new ModelRows(client, entity).find(where),
    insert: (entity, row) => new ModelRows(client, entity).insert(row),
    end,
  }
}

function placeOf(model: string, { dbName, schema, fields }: ModelShape) {
  const table = dbName ?? model
  const columns = fields.filter(({ kind }) => kind !== 'object')
  const columnOf = (property: string) => {
    const field = columns.find(({ name }) => name === property)
    return field === undefined ? undefined : (field.dbName ?? field.name)
  }
  const propertyOf = (column: string) => columns.find(({ name, dbName }) => (dbName ?? name) === column)?.name
  return { place: schema ? `${schema}.${table}` : table, primary: [], columnOf, propertyOf }
}

function sessionOf({ driver }: OrmContext): pg.Client {
  if (driver.kind === 'table') return driver.client
  throw new GodwitError('GODWIT_BUG', { what: 'Prisma on a database of documents' })
}

function addressOf({ url }: OrmContext): string {
  if (url === undefined) return 'the embedded one'
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

function withVariable(name: string, value: string | undefined): () => void {
  if (value === undefined) return () => {}
  const before = process.env[name]
  process.env[name] = value
  return () => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  }
}
