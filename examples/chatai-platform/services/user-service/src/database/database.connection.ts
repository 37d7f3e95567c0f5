import { setTimeout } from 'node:timers/promises'
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { DataSource } from 'typeorm'

const ANSWER_WITHIN_MS = 4_000
const TRY_AGAIN_AFTER_MS = 5_000

/** Connects to the database when the service starts, and goes on trying for as long as it is down. */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseConnection.name)
  private readonly ended = new AbortController()
  private opening: Promise<unknown> | undefined

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    void this.keepTrying()
  }

  onApplicationShutdown(): void {
    this.ended.abort()
  }

  /**
   * Asks the database something, each time anew: `isInitialized` stays true after it died.
   *
   * @returns 1
   * @throws what the driver says, or that no answer came in time
   */
  async ping(): Promise<number> {
    return Promise.race([this.ask(), tooLate()])
  }

  private async ask(): Promise<number> {
    await this.open()
    const [row] = await this.dataSource.query('SELECT 1 AS result')
    return row.result
  }

  private async open(): Promise<void> {
    if (this.dataSource.isInitialized) return
    this.opening ??= this.dataSource.initialize().finally(() => {
      this.opening = undefined
    })
    await this.opening
  }

  private async keepTrying(): Promise<void> {
    const { signal } = this.ended
    for (let told = false; !signal.aborted; told = true) {
      try {
        return await this.open()
      } catch {
        if (!told) this.logger.warn('The database cannot be reached; going on trying')
        await setTimeout(TRY_AGAIN_AFTER_MS, undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }
}

async function tooLate(): Promise<never> {
  await setTimeout(ANSWER_WITHIN_MS, undefined, { ref: false })
  throw new Error('no answer in time')
}
