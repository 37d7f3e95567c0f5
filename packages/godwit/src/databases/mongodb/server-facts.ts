import type { ServerFacts } from '../contract.js'
import type { Connection } from './connection.js'

/** What is known of the server. */
export async function serverFacts({ db, client, readOnly }: Connection): Promise<ServerFacts> {
  const { version } = (await db.admin().command({ buildInfo: 1 })) as { version?: string }
  return {
    major: Number.parseInt(version ?? '0', 10),
    version: `MongoDB ${version ?? ''}`.trim(),
    database: db.databaseName,
    user: client.options.credentials?.username ?? '',
    readOnly,
  }
}
