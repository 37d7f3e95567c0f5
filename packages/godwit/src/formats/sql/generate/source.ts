import { resolve } from 'node:path'
import type pg from 'pg'
import { Connection } from '../../../databases/postgres/connection.js'
import { toServerError } from '../../../databases/postgres/server-errors.js'
import { connectionSettings } from '../../../databases/postgres/url.js'
import { GodwitError } from '../../../errors.js'
import type { Shadow } from '../../../shadow/contract.js'
import { keptInside } from '../../../shadow/guard.js'
import { serverMajor } from '../../../shadow/major.js'
import { loadParser } from '../../../sql/classify.js'
import { runSchemaFile } from './schema-file.js'

/** Where the history is to lead to. */
export interface Source {
  /** For people: without a password. */
  description: string
  client: pg.Client
  /** A failure there, as people read it. */
  explain: (error: unknown) => unknown
  close: () => Promise<void>
}

/**
 * Opens what `--from` names: a database, which is only read, or a file of SQL, which is run on another empty shadow.
 *
 * @throws GODWIT_FROM_FAILED, GODWIT_FROM_MAJOR, GODWIT_FILE_UNREADABLE, GODWIT_UNSUPPORTED_DATABASE, GODWIT_CONNECTION_…
 */
export async function openSource(from: string, shadow: Shadow, projectDir: string): Promise<Source> {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(from)
    ? openDatabase(from, shadow, projectDir)
    : openFile(from, shadow, projectDir)
}

async function openDatabase(url: string, shadow: Shadow, projectDir: string): Promise<Source> {
  const settings = connectionSettings(url)
  const { client } = await Connection.open(settings, projectDir)
  const major = await serverMajor(client)
  if (major !== shadow.major) {
    await client.end()
    throw new GodwitError('GODWIT_FROM_MAJOR', { from: settings.address, major, shadow: shadow.description })
  }
  return {
    description: settings.address,
    client,
    explain: (error) => toServerError(error, settings.address),
    close: () => client.end(),
  }
}

async function openFile(path: string, shadow: Shadow, projectDir: string): Promise<Source> {
  const empty = await shadow.empty()
  try {
    const client = await empty.connect()
    await loadParser()
    // PGlite is thrown away as a whole; from a database on a server nothing leads out (rule 31).
    const sends = empty.database.kind === 'embedded' ? undefined : keptInside
    await runSchemaFile(client, resolve(projectDir, path), projectDir, sends)
    return {
      description: path,
      client,
      explain: (error) => error,
      close: async () => {
        await client.end()
        await empty.close()
      },
    }
  } catch (error) {
    await empty.close()
    throw error
  }
}
