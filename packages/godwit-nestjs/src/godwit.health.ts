import { setTimeout } from 'node:timers/promises'
import type { GodwitMigrations } from './godwit.migrations.js'

/** Who asks for health waits for no database that hangs. */
const ANSWER_WITHIN_MS = 5_000

/** How it stands with migrations, in numbers: names are nobody's business on a public route. */
export interface MigrationsHealth {
  /** `down`: something is pending or stopped halfway, or the database cannot be asked. */
  status: 'up' | 'down'
  /** Not applied yet. Absent, like `failed`: the database could not be asked. */
  pending?: number
  /** Stopped halfway. */
  failed?: number
  message?: string
}

/**
 * A health indicator, for a controller of one's own and for `@nestjs/terminus` 11.
 *
 * @example
 * this.health.check([() => this.godwit.check('migrations')])
 */
export class GodwitHealth {
  readonly #migrations: Pick<GodwitMigrations, 'status'>

  constructor(migrations: Pick<GodwitMigrations, 'status'>) {
    this.#migrations = migrations
  }

  /** Asks the database, each time anew; answers within 5 s. Never throws. */
  async check<Key extends string>(key: Key): Promise<Record<Key, MigrationsHealth>> {
    return { [key]: await this.#look() } as Record<Key, MigrationsHealth>
  }

  async #look(): Promise<MigrationsHealth> {
    try {
      const { migrations } = await Promise.race([this.#migrations.status(), tooLate()])
      const inState = (...states: string[]) => migrations.filter(({ state }) => states.includes(state)).length
      const pending = inState('pending', 'out-of-order')
      const failed = inState('failed')
      return { status: pending + failed === 0 ? 'up' : 'down', pending, failed }
    } catch {
      return { status: 'down', message: 'The state of the migrations cannot be read' }
    }
  }
}

async function tooLate(): Promise<never> {
  await setTimeout(ANSWER_WITHIN_MS, undefined, { ref: false })
  throw new Error('no answer in time')
}
