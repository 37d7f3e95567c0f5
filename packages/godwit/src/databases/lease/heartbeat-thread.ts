import { parentPort } from 'node:worker_threads'
import type { HeartbeatData, HeartbeatNews, HeartbeatOrder } from './heartbeat.js'
import { RENEW_EVERY_MS } from './owner.js'
import { readName } from './shared-name.js'

const RETRY_MS = 1_000

/** How one kind of database renews its lease. */
export interface Renewal {
  /** Renews it under this number, at this migration; false: another runner has it. */
  renew: (fence: string, at: string | null) => Promise<boolean>
  /** A renewal failed: the next one begins anew. */
  broken?: () => void
  /** Ends its connection. */
  close: () => Promise<void>
}

/** What the thread of a heartbeat does, until it is told to stop. The lease was taken just now. */
export function keepRenewing({ fence: first, at }: HeartbeatData, { renew, broken, close }: Renewal): void {
  let fence = first
  let due: NodeJS.Timeout | undefined = setTimeout(beat, RENEW_EVERY_MS)
  let stopped = false
  const next = (inMs: number): void => {
    if (!stopped) due = setTimeout(beat, inMs)
  }
  const tell = (news: HeartbeatNews): void => {
    if (!stopped) parentPort?.postMessage(news)
  }

  async function beat(): Promise<void> {
    const asked = fence
    try {
      if (!(await renew(asked, readName(at))) && asked === fence) tell({ type: 'lost', fence })
      next(RENEW_EVERY_MS)
    } catch (error) {
      broken?.()
      tell({ type: 'trouble', message: error instanceof Error ? error.message : String(error) })
      next(RETRY_MS)
    }
  }

  parentPort?.on('message', (order: HeartbeatOrder) => {
    if (order.type === 'fence') {
      fence = order.fence
      return
    }
    stopped = true
    clearTimeout(due)
    void close()
      .catch(() => {})
      .then(() => parentPort?.close())
  })
}
