import type { RunEvent } from '../../engine/events.js'
import { duration, splitName } from './words.js'

/** What a run tells while it waits for a table, or stops. */
export type WaitingEvent = Extract<RunEvent, { type: 'blocked' | 'retrying' }>

/** One such event as a line. */
export function waitingLine(event: WaitingEvent): string {
  const name = splitName(event.name).rest
  if (event.type === 'blocked')
    return `  … ${name} waits for a lock: held by ${event.by.map(({ who }) => who).join(' and ')}`
  const turn = `${event.attempt} of ${event.of}`
  return `  … ${name}: ${event.reason}, nothing changed; again in ${duration(event.inMs)} (${turn})`
}
