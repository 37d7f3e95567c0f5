import pg from 'pg'
import { onTestFinished } from 'vitest'
import type { Direction, MigrationFile } from '../../../../src/engine/migration.js'
import { byOrder } from '../../../../src/engine/order.js'
import type { TableFormat } from '../../../../src/formats/contract.js'
import { ident } from '../../../../src/sql/quote.js'
import type { TestDatabase } from '../../../support/database.js'

/** Does with a format what the engine does, on one session: enough to test the format by itself. */
export async function driveOn(database: TestDatabase, format: TableFormat) {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(async () => {
    await format.close?.()
    await client.end()
  })
  const { schema, name } = format.history
  const table = `${ident(schema ?? 'public')}.${ident(name)}`

  async function applied(): Promise<string[]> {
    const { rows } = await client.query<{ at: string | null }>('select to_regclass($1) as at', [table])
    if (rows[0]?.at === null) return []
    const history = await client.query<{ name: string }>(format.history.read(table))
    return history.rows.map((row) => row.name)
  }

  async function step(file: MigrationFile, direction: Direction): Promise<void> {
    const body = await format.load(file, direction)
    if (body?.kind !== 'function') throw new Error(`no ${direction} in ${file.name}`)
    const { rows } = await client.query<{ at: string | null }>('select to_regclass($1) as at', [table])
    if (rows[0]?.at === null) await client.query(format.history.create(table))
    await format.prepare?.(client)
    const record = { name: file.name, file, statements: 0, startedAt: 'now()' }
    const recordSql =
      direction === 'up' ? format.history.recordUp(table, record) : format.history.recordDown(table, record)
    try {
      if (body.transaction) await client.query('begin')
      await body.run(client)
      await client.query(recordSql)
      if (body.transaction) await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw error
    }
  }

  return {
    client,
    table,
    applied,
    async up(count = Number.POSITIVE_INFINITY): Promise<string[]> {
      const done = new Set(await applied())
      const pending = (await format.list()).sort(byOrder).filter((file) => !done.has(file.name))
      for (const file of pending.slice(0, count)) await step(file, 'up')
      return pending.slice(0, count).map((file) => file.name)
    },
    async down(count = 1): Promise<string[]> {
      const last = (await applied()).reverse().slice(0, count)
      const files = await format.list()
      for (const each of last) {
        const file = files.find((candidate) => candidate.name === each)
        if (!file) throw new Error(`${each} has no file`)
        await step(file, 'down')
      }
      return last
    },
  }
}
