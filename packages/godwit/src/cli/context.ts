import type { OpenProjectOptions } from '../project/options.js'
import type { Consent, ConsentQuestion } from '../project/production.js'
import { Output } from './output.js'
import { type PeerFlags, peerOverrides } from './peer-flags.js'
import { RunProgress } from './render/progress.js'

/** The flags that every command takes. */
export interface CommonFlags extends PeerFlags {
  config?: string
  project?: string
  databaseUrl?: string
  json?: boolean
  dryRun?: boolean
  yes?: boolean
  wait?: string
  grace?: string
  lockTimeout?: string
  lockRetries?: string
  statementTimeout?: string
  idleInTransactionSessionTimeout?: string
  verbose?: boolean
  quiet?: boolean
  color?: boolean
}

/** What a command gets: its flags, where it writes, how it opens the project. */
export class CommandContext<Flags extends CommonFlags = CommonFlags> {
  readonly flags: Flags
  readonly output: Output
  readonly progress: RunProgress
  readonly signal: AbortSignal

  constructor(flags: Flags, signal: AbortSignal) {
    this.flags = flags
    this.output = new Output(flags)
    this.progress = new RunProgress(this.output)
    this.signal = signal
  }

  /** Options for `openProject` from the common flags. */
  projectOptions(): OpenProjectOptions {
    const { config, project, databaseUrl, wait, grace, lockTimeout, lockRetries, statementTimeout } = this.flags
    return {
      config,
      project,
      databaseUrl,
      wait,
      grace,
      lockTimeout,
      lockRetries,
      statementTimeout,
      idleInTransactionSessionTimeout: this.flags.idleInTransactionSessionTimeout,
      overrides: peerOverrides(this.flags, (message) => this.output.tell(message)),
      onEvent: (event) => this.progress.on(event),
      onVerbose: (message) => this.output.detail(message),
      signal: this.signal,
    }
  }

  /** Somebody can be asked. */
  isInteractive(): boolean {
    return process.stdin.isTTY === true && process.stdout.isTTY === true && !this.flags.json
  }

  /** Consent from the flags; on a terminal somebody can be asked. */
  consent(confirm?: string): Consent {
    return {
      ...(this.flags.yes === undefined ? {} : { yes: this.flags.yes }),
      confirm,
      ...(this.isInteractive() ? { ask: (question: ConsentQuestion) => this.#ask(question) } : {}),
    }
  }

  async #ask(question: ConsentQuestion): Promise<boolean> {
    const { askConsent } = await import('./ask.js')
    return askConsent(this.output, question, this.signal)
  }
}

/** What every command's module exports. The number is the exit code. */
export type Command<Flags extends CommonFlags = CommonFlags> = (
  context: CommandContext<Flags>,
  ...names: string[]
) => Promise<number>
