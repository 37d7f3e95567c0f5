import type pg from 'pg'
import { ownTablesOf } from '../../catalog/own-tables.js'
import type { Target } from '../../databases/contract.js'
import type { MigrationFile } from '../../engine/migration.js'
import type { GodwitError } from '../../errors.js'
import type { ShadowDatabase, ShadowPlace } from '../../shadow/contract.js'
import { openRunnable, type Replay } from '../../shadow/open.js'
import { closeAll, openedOnes } from '../../shadow/opened-ones.js'
import { makeRecords, type Runner, runMigration } from '../run-migration.js'
import type { Runway } from '../runway.js'
import type { Ground } from '../try-ways.js'
import { SampleRows } from './fill.js'
import { lookAtTables, type Own, tablesOf } from './look.js'

/** What migrations on tables are verified with. */
export interface TableRunwayParts {
  place: ShadowPlace
  replay: Replay
  runner: Runner
  /** All migrations, in order. */
  files: readonly MigrationFile[]
}

interface Led {
  database: ShadowDatabase
  samples: SampleRows
  /** So many migrations are applied there. */
  applied: number
}

/** Shadows on which migrations go up and down; one serves as long as every migration comes back. */
export class TableRunway implements Runway {
  readonly #parts: TableRunwayParts
  readonly #opened: ReturnType<typeof openedOnes<[applied: number]>>
  #led: Led | undefined
  description: string

  constructor(parts: TableRunwayParts) {
    const { place, replay, files } = parts
    this.#parts = parts
    this.#opened = openedOnes((applied: number) =>
      openRunnable(place, { ...replay, format: { ...replay.format, list: async () => files.slice(0, applied) } }),
    )
    this.description = parts.place.product
  }

  async at(index: number): Promise<Ground> {
    const led = (await this.#leadTo(index)) ?? (await this.#open(index))
    return {
      fill: () => this.#withClient(led, (client, own) => fill(client, own, led.samples)),
      look: () => this.#withClient(led, lookAtTables),
      run: async (direction) => {
        const error = await this.#run(led, index, direction)
        if (error === undefined) led.applied = direction === 'up' ? index + 1 : index
        return error
      },
    }
  }

  async leave(): Promise<void> {
    const led = this.#led
    this.#led = undefined
    await led?.database.close()
  }

  close(): Promise<void> {
    return closeAll([this.#opened, this.#parts.place])
  }

  // What fails there may fail on sample rows only.
  async #leadTo(index: number): Promise<Led | undefined> {
    const led = this.#led
    if (led === undefined || led.applied > index) return undefined
    for (; led.applied < index; led.applied++)
      if ((await this.#run(led, led.applied, 'up')) !== undefined) return undefined
    return led
  }

  async #open(index: number): Promise<Led> {
    await this.leave()
    const { runner } = this.#parts
    const led = { database: await this.#opened.open(index), samples: new SampleRows(), applied: index }
    this.#led = led
    await this.#onTarget(led, (target) => makeRecords(runner, target))
    return led
  }

  #run(led: Led, index: number, direction: 'up' | 'down'): Promise<GodwitError | undefined> {
    const { runner, files } = this.#parts
    return this.#onTarget(led, (target) => runMigration(runner, target, files.slice(0, index + 1), direction))
  }

  async #onTarget<T>({ database }: Led, work: (target: Target) => Promise<T>): Promise<T> {
    const { place, replay } = this.#parts
    const target = await database.database.open(replay.format.history, replay.options)
    this.description = `${place.product} (${target.server.version})`
    try {
      return await work(target)
    } finally {
      await target.close()
    }
  }

  async #withClient<T>({ database }: Led, work: (client: pg.Client, own: Own) => Promise<T>): Promise<T> {
    const { format, options } = this.#parts.replay
    const client = await database.connect()
    try {
      return await work(client, { schemas: [options.schema], tables: await ownTablesOf(client, format) })
    } finally {
      await client.end()
    }
  }
}

async function fill(client: pg.Client, own: Own, samples: SampleRows): Promise<string[]> {
  const tables = await tablesOf(client, own)
  const names = tables.map(({ schema, name }) => `${schema}.${name}`)
  return (await samples.fill(client, names)).map((reason) => `no sample rows in ${reason}`)
}
