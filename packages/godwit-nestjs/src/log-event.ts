import type { LoggerService } from '@nestjs/common'
import type { RunEvent } from 'godwit'

const LEFT = {
  nothing: 'nothing of it is left',
  part: 'a part of it is done',
  unknown: 'whether it was done is unknown',
}

/** Tells the application's log what a run does: a line a migration, and whatever holds it up. */
export function logEvent(logger: Pick<LoggerService, 'log' | 'warn' | 'error'>, event: RunEvent): void {
  if (event.type === 'step-done') logger.log(`${event.name} applied in ${Math.round(event.durationMs)} ms`)
  else if (event.type === 'step-failed') logger.error(`${event.name} failed; ${LEFT[event.left]}`)
  else if (event.type === 'log') logger.log(`${event.name}: ${event.message}`)
  else if (event.type === 'recovery') logger.warn(`${event.name}: ${event.message}`)
  else if (event.type === 'waiting') logger.warn(`Waiting for the lock that ${event.holder} holds`)
  else if (event.type === 'blocked') logger.warn(`${event.name} waits for ${event.by.map(({ who }) => who).join(', ')}`)
  else if (event.type === 'retrying') logger.warn(`${event.name} is tried again: ${event.reason}`)
  else if (event.type === 'warning') logger.warn(event.message)
}
