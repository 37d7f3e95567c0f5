import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import type { TableDatabase } from '../../../../src/databases/contract.js'
import { embeddedSettings } from '../../../../src/databases/embedded/settings.js'
import { connectionSettings, postgresDatabase } from '../../../../src/databases/postgres/index.js'
import { PostgresTarget } from '../../../../src/databases/postgres/target.js'
import type { Shadow } from '../../../../src/shadow/contract.js'
import { KeptAnswers } from '../../../../src/shadow/kept-answers.js'
import { createDatabase } from '../../../support/database.js'

/** A database that is both where migrations are applied and, since they all are, the replayed history. */
export type Sandbox = Shadow & { url?: string }

const unused = () => Promise.reject(new Error('not needed here'))

/** On a real server. */
export async function serverSandbox(major: 15 | 18): Promise<Sandbox> {
  const { url } = await createDatabase(major)
  return {
    url,
    description: `PostgreSQL ${major}`,
    major,
    connect: async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return client
    },
    database: postgresDatabase(connectionSettings(url)) as TableDatabase,
    empty: unused,
    copy: unused,
    answers: new KeptAnswers(undefined),
    close: async () => {},
  }
}

let running: Promise<PGlite> | undefined

/** In this process; one for the whole file, emptied for each test. */
export async function pgliteSandbox(): Promise<Sandbox> {
  running ??= PGlite.create()
  const pglite = await running
  const settings = embeddedSettings(pglite, 'PGlite')
  onTestFinished(async () => {
    await pglite.exec('DISCARD ALL')
    await pglite.exec('DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS godwit, shop CASCADE; CREATE SCHEMA public')
  })
  return {
    description: 'PGlite',
    major: 18,
    connect: async () => {
      const client = new pg.Client({ ...settings.config, stream: settings.stream } as pg.ClientConfig)
      await client.connect()
      return client
    },
    database: {
      kind: 'embedded',
      address: settings.address,
      open: (history, options) => PostgresTarget.open(settings, history, options),
    },
    empty: unused,
    copy: unused,
    answers: new KeptAnswers(undefined),
    close: async () => {},
  }
}
