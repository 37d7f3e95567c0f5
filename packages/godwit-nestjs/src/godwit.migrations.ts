import { Logger } from '@nestjs/common'
import type { OpenProjectOptions, Project, RunReport, StatusReport } from 'godwit'
import { logEvent } from './log-event.js'
import { type GodwitModuleOptions, type OnBoot, onBootOf } from './options.js'
import { untilStopped } from './until-stopped.js'

/** What was done before the application started. `applied`: names, in the order in which they ran. */
export interface BootReport {
  onBoot: OnBoot
  applied: string[]
}

/** The project's migrations, for who injects them. Godwit is loaded when it is asked for the first time. */
export class GodwitMigrations {
  readonly #options: GodwitModuleOptions
  readonly #logger = new Logger('Godwit')
  #looking: Promise<StatusReport> | undefined

  constructor(options: GodwitModuleOptions) {
    this.#options = options
  }

  /** The project, for everything else that Godwit can do. */
  async open(more: OpenProjectOptions = {}): Promise<Project> {
    const { onBoot: _, ...options } = this.#options
    const { openProject } = await import('godwit')
    return openProject({ ...options, onEvent: (event) => logEvent(this.#logger, event), ...more })
  }

  /** Every migration with its state. Read-only. Whoever asks while a question is under way gets its answer. */
  async status(): Promise<StatusReport> {
    this.#looking ??= this.open()
      .then((project) => project.status())
      .finally(() => {
        this.#looking = undefined
      })
    return this.#looking
  }

  /**
   * Does what `onBoot` says.
   *
   * @throws GodwitError what keeps the application from starting: GODWIT_BEHIND, or why a migration could not be applied
   */
  async boot(): Promise<BootReport> {
    const onBoot = onBootOf(this.#options)
    if (onBoot === 'off') return { onBoot, applied: [] }
    try {
      if (onBoot === 'migrate') return { onBoot, applied: await this.#migrate() }
      await this.#check()
      return { onBoot, applied: [] }
    } catch (error) {
      // NestJS shows no more than the message.
      if (error instanceof Error && 'hint' in error) this.#logger.error(`${error.message} ${error.hint}`)
      throw error
    }
  }

  async #check(): Promise<void> {
    const { migrations } = await (await this.open()).requireApplied()
    this.#logger.log(`Nothing is pending; ${migrations.length} applied`)
  }

  async #migrate(): Promise<string[]> {
    const { steps, error } = await untilStopped(this.#options.signal, async (signal): Promise<RunReport> => {
      const project = await this.open({ signal, command: 'boot' })
      return project.up()
    })
    if (error !== undefined) throw error
    this.#logger.log(steps.length === 0 ? 'Nothing to migrate' : `Applied: ${steps.map(({ name }) => name).join(', ')}`)
    return steps.map(({ name }) => name)
  }
}
