import type { Format, FormatContext, FormatId } from '../formats/contract.js'
import type { ProjectConfig } from './config.js'

type Open = (context: FormatContext, config: ProjectConfig) => Promise<Format>

/** How each format is opened; loaded only when it is the project's. Adding a format adds one line here. */
export const formats: Readonly<Record<FormatId, Open>> = {
  sql: async (context, { sql }) =>
    (await import('../formats/sql/index.js')).openSqlFormat({ ...context, section: sql }),
  prisma: async (context, { prisma }) =>
    (await import('../formats/prisma/index.js')).openPrismaFormat({ ...context, section: prisma }),
  'node-pg-migrate': async (context, { nodePgMigrate }) =>
    (await import('../formats/node-pg-migrate/index.js')).openNodePgMigrateFormat({
      ...context,
      section: nodePgMigrate,
    }),
  mongo: async (context, { mongo }) =>
    (await import('../formats/mongo/index.js')).openMongoFormat({ ...context, section: mongo }),
  'migrate-mongo': async (context, { migrateMongo }) =>
    (await import('../formats/migrate-mongo/index.js')).openMigrateMongoFormat({ ...context, section: migrateMongo }),
  typeorm: async (context, { typeorm }) =>
    (await import('../formats/typeorm/index.js')).openTypeormFormat({ ...context, section: typeorm }),
}
