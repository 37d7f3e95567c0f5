import type { ConnectionSettings } from '../../databases/postgres/connection.js'
import { connectionSettings } from '../../databases/postgres/url.js'
import { offersTls } from './tls-offer.js'
import { prismaUrl } from './url.js'

/**
 * How to connect with a Prisma URL: its `schema` is the search_path, and so the home of the history (rule 29).
 *
 * @param schemaDir folder of `schema.prisma`: certificate paths are relative to it
 * @throws GODWIT_PRISMA_PROXY, GODWIT_URL_INVALID, GODWIT_UNSUPPORTED_DATABASE, GODWIT_FILE_UNREADABLE
 */
export async function prismaConnection(url: string, schemaDir?: string): Promise<ConnectionSettings> {
  const target = prismaUrl(url, schemaDir)
  const settings = connectionSettings(target.connectionString)
  const encrypted = target.tls !== 'prefer' || (await offersTls(target.connectionString))
  return {
    ...settings,
    config: {
      ...settings.config,
      // A pooler may refuse startup options; the default search_path leads to `public` as well.
      ...(target.pooled && target.schema === 'public' ? {} : { options: target.options }),
      ...(target.ssl === undefined || !encrypted ? {} : { ssl: target.ssl }),
      ...(target.connectionTimeoutMillis === undefined
        ? {}
        : { connectionTimeoutMillis: target.connectionTimeoutMillis }),
    },
  }
}
