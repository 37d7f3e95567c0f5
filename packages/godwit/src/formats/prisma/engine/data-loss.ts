import type pg from 'pg'
import { sessionAdapter } from './adapter.js'
import type { CompareRequest } from './compare.js'
import { noMigrations, withEngine } from './engine.js'
import type { AdapterTools } from './packages.js'

/** What a migration meets in a database with data in it, in Prisma's words, with numbers of rows. */
export interface DataLoss {
  /** What it takes data away from. */
  warnings: string[]
  /** What cannot be done with the rows that are there. */
  impossible: string[]
}

/**
 * Counts in a database what a migration would lose there, or fail on. The database is only read.
 *
 * @param live a session on a database that stands where the replayed history does
 * @throws GODWIT_PRISMA_ENGINE, also where the database is not as the history says
 */
export async function dataLoss(request: CompareRequest, live: pg.Client): Promise<DataLoss> {
  const { projectDir, files, client, schema, filters } = request
  const shadow = (tools: AdapterTools) => sessionAdapter(client, tools, { schema })
  const main = (tools: AdapterTools) => withoutHistory(sessionAdapter(live, tools, { schema }), tools)
  await live.query('BEGIN READ ONLY')
  try {
    return await withEngine(projectDir, files, { main, shadow }, async (engine) => {
      await engine.devDiagnostic({ migrationsList: noMigrations, filters })
      const asked = { migrationsList: noMigrations, schema: { files: [...files] }, filters }
      const { warnings, unexecutableSteps } = await engine.evaluateDataLoss(asked)
      return {
        warnings: warnings.map(({ message }) => message),
        impossible: unexecutableSteps.map(({ message }) => message),
      }
    })
  } finally {
    await live.query('ROLLBACK').catch(() => {})
  }
}

// The engine is given no migrations, and would take those in the history for lost.
function withoutHistory(adapter: ReturnType<typeof sessionAdapter>, { DriverAdapterError }: AdapterTools) {
  const { queryRaw } = adapter
  return Object.assign(adapter, {
    queryRaw: (query: Parameters<typeof queryRaw>[0]) =>
      /\bFROM\s+\S*_prisma_migrations\b/i.test(query.sql)
        ? Promise.reject(new DriverAdapterError({ kind: 'TableDoesNotExist', table: '_prisma_migrations' }))
        : queryRaw(query),
  })
}
