import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { Target } from '../../../src/databases/contract.js'
import { mongoDatabase } from '../../../src/databases/mongodb/index.js'
import type { RunEvent } from '../../../src/engine/events.js'
import type { PlanRequest } from '../../../src/engine/plan.js'
import { type RunReport, run, survey } from '../../../src/engine/run.js'
import type { DocumentWork, Format, HistoryCollection } from '../../../src/formats/contract.js'

type Work = (work: DocumentWork) => Promise<unknown>

/** A migration that a test wrote down as functions. */
export interface MemoryMigration {
  up: Work
  down?: Work | false
  transaction?: boolean
  idempotent?: boolean
  /** Stands for its content. */
  text?: string
}

/** A runner on one database: what a process of its own would be. */
export interface Runner {
  target: Target
  events: RunEvent[]
  up: (request?: Partial<PlanRequest>) => Promise<RunReport>
  down: (request?: Partial<PlanRequest>) => Promise<RunReport>
  /** `name state`, in the one order. */
  states: () => Promise<string[]>
}

export const history: HistoryCollection = {
  kind: 'collection',
  name: 'migrations',
  read: ({ name, appliedAt }) => ({ name, appliedAt, checksum: null }),
  record: ({ name, at }) => ({ name, appliedAt: at }),
  find: (name) => ({ name }),
}

/** Opens a runner; migrations that are added to the object later are seen by its next run. */
export async function openRunner(
  url: string,
  migrations: Record<string, MemoryMigration>,
  options: { waitMs?: number; history?: HistoryCollection; signal?: AbortSignal; graceMs?: number } = {},
): Promise<Runner> {
  const format = formatOf(migrations, options.history ?? history)
  const events: RunEvent[] = []
  const target = await mongoDatabase(url).open(format.history as HistoryCollection, {
    projectDir: import.meta.dirname,
    schema: 'godwit',
    peerLocks: [],
    warn: () => {},
  })
  onTestFinished(() => target.close())
  const context = {
    format,
    target,
    identity: { command: 'up', version: '0' },
    waitMs: options.waitMs ?? 60_000,
    graceMs: options.graceMs ?? 1_000,
    onEvent: (event: RunEvent) => void events.push(event),
    signal: options.signal,
  }
  return {
    target,
    events,
    up: (request = {}) => run(context, { direction: 'up', ...request }),
    down: (request = {}) => run(context, { direction: 'down', ...request }),
    states: async () => (await survey(format, target)).states.map(({ name, state }) => `${name} ${state}`),
  }
}

function formatOf(migrations: Record<string, MemoryMigration>, kept: HistoryCollection): Format {
  return {
    id: 'mongo',
    history: kept,
    peerLocks: [],
    list: async () =>
      Object.entries(migrations).map(([name, { text = name }]) => ({
        name,
        file: `/migrations/${name}.ts`,
        sortKey: name,
        hash: `ts:${createHash('sha256').update(text).digest('hex')}`,
        reversible: 'unknown' as const,
      })),
    sortKeyOf: (name) => name,
    load: async ({ name }, direction) => {
      const { up, down = async () => {}, transaction = false, idempotent = false } = migrations[name] as MemoryMigration
      const work = direction === 'up' ? up : down
      if (work === false) return null
      return { kind: 'documents', transaction, idempotent, run: async (given) => void (await work(given)) }
    },
    create: async () => ({ name: '', files: [] }),
  }
}
