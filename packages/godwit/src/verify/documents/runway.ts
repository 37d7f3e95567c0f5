import { readFile } from 'node:fs/promises'
import type { Scratch } from '../../databases/mongodb/scratch.js'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError, isGodwitError } from '../../errors.js'
import type { Picture } from '../picture.js'
import { type Runner, runMigration } from '../run-migration.js'
import type { Runway } from '../runway.js'
import type { Ground } from '../try-ways.js'
import { fieldsIn } from './fields.js'
import { lookAtDocuments } from './look.js'
import { SampleDocuments } from './samples.js'
import { putTelling, type Snapshot, snapshot } from './telling.js'

/** What migrations on documents are verified with. */
export interface DocumentRunwayParts {
  /** Makes an empty throwaway database. */
  open: () => Promise<Scratch>
  runner: Runner
  /** All migrations, in order. */
  files: readonly MigrationFile[]
}

interface Led {
  scratch: Scratch
  samples: SampleDocuments
  /** So many migrations are applied there. */
  applied: number
}

/** Scratch databases on which migrations go up and down; one serves as long as every migration comes back. */
export class DocumentRunway implements Runway {
  readonly #parts: DocumentRunwayParts
  readonly #opened: Promise<Scratch>[] = []
  #led: Led | undefined
  description = 'MongoDB'

  constructor(parts: DocumentRunwayParts) {
    this.#parts = parts
  }

  async at(index: number): Promise<Ground> {
    const led = (await this.#leadTo(this.#led, index)) ?? (await this.#open(index))
    let first: Snapshot = new Map()
    const run = async (direction: 'up' | 'down') => {
      const error = await this.#run(led, index, direction)
      if (error === undefined) led.applied = direction === 'up' ? index + 1 : index
      return error
    }
    return {
      fill: async () => {
        const reasons = await led.samples.fill(led.scratch)
        first = await snapshot(led.scratch)
        return reasons.map((reason) => `no sample documents in ${reason}`)
      },
      look: () => lookAtDocuments(led.scratch),
      run,
      putExisting: () => this.#putTelling(led, index, first, run),
    }
  }

  async leave(): Promise<void> {
    const led = this.#led
    this.#led = undefined
    // The project's mongoose is connected to it.
    await this.#parts.runner.format.close?.()
    await led?.scratch.drop()
  }

  async close(): Promise<void> {
    await this.leave()
    for (const opened of await Promise.allSettled(this.#opened))
      if (opened.status === 'fulfilled') await opened.value.drop()
  }

  async #putTelling(led: Led, index: number, first: Snapshot, run: Ground['run']): Promise<Picture | undefined> {
    const { scratch, samples } = led
    const text = await readFile(this.#parts.files[index]?.file ?? '', 'utf8').catch(() => '')
    try {
      return await putTelling({ scratch, samples, first, fields: fieldsIn(text), run })
    } catch (error) {
      if (!isGodwitError(error) || this.#parts.runner.signal?.aborted) throw error
      await this.leave()
      return undefined
    }
  }

  async #leadTo(led: Led | undefined, index: number): Promise<Led | undefined> {
    if (led === undefined || led.applied > index) return undefined
    for (; led.applied < index; led.applied++)
      if ((await this.#run(led, led.applied, 'up')) !== undefined) return undefined
    return led
  }

  async #open(index: number): Promise<Led> {
    await this.leave()
    const opening = this.#parts.open()
    this.#opened.push(opening)
    const led = { scratch: await opening, samples: new SampleDocuments(), applied: 0 }
    this.description = `a scratch database (${led.scratch.target.server.version})`
    this.#led = led
    for (; led.applied < index; led.applied++) {
      const cause = await this.#run(led, led.applied, 'up')
      const { name } = this.#parts.files[led.applied] as MigrationFile
      if (cause !== undefined)
        throw new GodwitError('GODWIT_SHADOW_REPLAY', { name, reason: cause.message }, { ...cause.details, cause })
    }
    return led
  }

  #run({ scratch }: Led, index: number, direction: 'up' | 'down'): Promise<GodwitError | undefined> {
    const { runner, files } = this.#parts
    return runMigration(runner, scratch.target, files.slice(0, index + 1), direction)
  }
}
