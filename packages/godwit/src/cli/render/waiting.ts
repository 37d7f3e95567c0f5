import type { RunEvent } from '../../engine/events.js'
import { duration, splitName } from './words.js'

/** What a run tells while it waits for a table or stops. */
export type WaitingEvent = Extract<RunEvent, { type: 'blocked' | 'retrying' | 'stopping' }>

export function isWaitingEvent(event: RunEvent): event is WaitingEvent {
  return event.type === 'blocked' || event.type === 'retrying' || event.type === 'stopping'
}

/** One such event as a line. */
export function waitingLine(event: WaitingEvent): string {
  const name = splitName(event.name).rest
  if (event.type === 'blocked')
    return `  … ${name} waits for a lock: held by ${event.by.map(({ who }) => who).join(' and ')}`
  if (event.type === 'stopping')
    return `  … stopping: ${name} may end by itself within ${duration(event.graceMs)}; a second Ctrl-C stops at once`
  const turn = `${event.attempt} of ${event.of}`
  return `  … ${name}: ${event.reason}, ${event.left === 'nothing' ? 'nothing changed' : 'what is done stays'}; again in ${duration(event.inMs)} (${turn})`
}
