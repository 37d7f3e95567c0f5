import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'
import { connectionSettings } from '../databases/postgres/url.js'
import { prismaUrl } from '../formats/prisma/url.js'

/** Connection settings of a Prisma URL, whose parameters `pg` does not know, and its history's schema (rule 29). */
export function prismaConnection(url: string, schemaDir: string): { settings: ConnectionSettings; schema: string } {
  const target = prismaUrl(url, schemaDir)
  const { config, address } = connectionSettings(target.connectionString)
  const settings: ConnectionSettings = {
    address: target.schema === 'public' ? address : `${address}?schema=${target.schema}`,
    plainIfNoTls: target.tls === 'prefer',
    config: {
      ...config,
      options: target.options,
      ...(target.ssl === undefined ? {} : { ssl: target.ssl }),
      ...(target.connectionTimeoutMillis === undefined
        ? {}
        : { connectionTimeoutMillis: target.connectionTimeoutMillis }),
    },
  }
  return { settings, schema: target.schema }
}
