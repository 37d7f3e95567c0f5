import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { embeddedSettings } from '../../../../src/databases/embedded/settings.js'
import { Connection } from '../../../../src/databases/postgres/connection.js'
import type { Shadow, ShadowDatabase } from '../../../../src/shadow/contract.js'
import { KeptAnswers } from '../../../../src/shadow/kept-answers.js'
import { readWholeCatalogue } from '../../../support/catalogue.js'
import { createDatabase } from '../../../support/database.js'

/** A database that a test works on: emptied, filled, looked at, and lent as a shadow. */
export interface Ground {
  /** A database on a server has one. */
  url?: string
  run: (sql: string) => Promise<void>
  /** Everything in it but for what is not compared: where a column stands among the others, what a NOT NULL is called. */
  schema: () => Promise<string[]>
  asShadow: () => ShadowDatabase
}

/** Makes empty grounds. */
export type MakeGround = () => Promise<Ground>

/** Databases of a server. */
export function serverGround(major: 15 | 18): MakeGround {
  return async () => {
    const { url } = await createDatabase(major)
    const connect = async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return client
    }
    return { ...groundOf(connect), url }
  }
}

/** One PGlite for each ground of a test, made once and emptied for the next: to start one takes long. */
export function pgliteGrounds(): { make: MakeGround; next: () => void; close: () => Promise<void> } {
  const made: PGlite[] = []
  let used = 0
  return {
    make: async () => {
      const pglite = made[used] ?? (await PGlite.create())
      made[used++] = pglite
      const settings = embeddedSettings(pglite, 'test')
      const ground = groundOf(async () => {
        const { client } = await Connection.open(settings, import.meta.dirname)
        await client.query('DISCARD ALL')
        return client
      })
      await ground.run(emptied)
      return ground
    },
    next: () => {
      used = 0
    },
    close: async () => {
      for (const pglite of made) await pglite.close()
    },
  }
}

const emptied = `do $$ declare name text; begin
  for name in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
    execute format('drop schema %I cascade', name);
  end loop;
end $$; create schema public`

function groundOf(connect: () => Promise<pg.Client>): Ground {
  const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  return {
    run: (sql) => withClient(async (client) => void (await client.query(sql))),
    schema: () =>
      withClient(async (client) => {
        const lines = await readWholeCatalogue(async (text) => (await client.query(text)).rows)
        return lines
          .filter((line) => !/^constraint [^:]+: NOT NULL /.test(line))
          .map((line) => line.replace(/^(column .+) at \d+, /, '$1, '))
          .sort()
      }),
    asShadow: () => ({
      connect,
      database: { kind: 'postgres', address: 'test', open: () => Promise.reject(new Error('not asked for here')) },
      close: async () => {},
    }),
  }
}

/** A ground as the shadow of a project. */
export function shadowOn(ground: Ground, make: MakeGround, major = 18): Shadow {
  return {
    ...ground.asShadow(),
    description: `test (PostgreSQL ${major})`,
    major,
    empty: async () => (await make()).asShadow(),
    copy: () => Promise.reject(new Error('not asked for here')),
    answers: new KeptAnswers(undefined),
  }
}
