import type { OpenOptions } from '../databases/contract.js'
import { GodwitError } from '../errors.js'
import type { ProjectConfig } from './config.js'
import { milliseconds } from './duration.js'
import type { OpenProjectOptions } from './options.js'

const DEFAULT_WAIT_MS = 60_000
const DEFAULT_GRACE_MS = 20_000
const DEFAULT_LOCK_TIMEOUT_MS = 5_000
const DEFAULT_LOCK_RETRIES = 10

/** How long a project waits for what, in milliseconds. */
export interface Timeouts {
  waitMs: number
  graceMs: number
  /** Of the session that migrations run on. */
  session: Pick<
    OpenOptions,
    'lockTimeoutMs' | 'lockTimeoutExplicit' | 'lockRetries' | 'statementTimeoutMs' | 'idleInTransactionSessionTimeoutMs'
  >
}

/**
 * Reads the timeouts; options win over the config.
 *
 * @throws GodwitError GODWIT_DURATION_INVALID, GODWIT_RETRIES_INVALID
 */
export function readTimeouts(options: OpenProjectOptions, config: ProjectConfig): Timeouts {
  const duration = (name: DurationName, where: string): number | undefined => {
    const written = options[name] ?? config[name]
    return written === undefined ? undefined : milliseconds(written, where)
  }
  const lockTimeoutMs = duration('lockTimeout', 'lock timeout')
  return {
    waitMs: duration('wait', 'wait') ?? DEFAULT_WAIT_MS,
    graceMs: duration('grace', 'grace') ?? DEFAULT_GRACE_MS,
    session: {
      lockTimeoutMs: lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
      lockTimeoutExplicit: lockTimeoutMs !== undefined,
      lockRetries: retries(options.lockRetries ?? config.lockRetries ?? DEFAULT_LOCK_RETRIES),
      statementTimeoutMs: duration('statementTimeout', 'statement timeout'),
      idleInTransactionSessionTimeoutMs: duration(
        'idleInTransactionSessionTimeout',
        'idle in transaction session timeout',
      ),
    },
  }
}

type DurationName = 'wait' | 'grace' | 'lockTimeout' | 'statementTimeout' | 'idleInTransactionSessionTimeout'

function retries(written: string | number): number {
  if (!/^\d+$/.test(String(written).trim()))
    throw new GodwitError('GODWIT_RETRIES_INVALID', { written: String(written) })
  return Number(written)
}
