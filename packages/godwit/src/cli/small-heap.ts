import { setFlagsFromString } from 'node:v8'

/** Majors of V8 that know the flags, those of Node 20 to 24: of a flag that it does not know V8 complains on stderr. */
const KNOWN = [11, 12, 13]

let small = false

/**
 * Keeps the heap small from here on, for work that makes much garbage and keeps little, as rows that pass by in millions: V8 would let
 * 32 MB of young garbage gather, and several times as much old garbage as there is alive, where that saves no time.
 */
export function keepHeapSmall(): void {
  if (small || !KNOWN.includes(Number.parseInt(process.versions.v8, 10))) return
  small = true
  setFlags()
  // The heap of a new thread, as that of the heartbeat, puts the first of them back.
  process.on('worker', (worker) => worker.once('online', setFlags))
}

function setFlags(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=50')
}
