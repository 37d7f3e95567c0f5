import { readFileSync } from 'node:fs'
import type { ErrorDetails, GodwitError } from '../../errors.js'
import { type CallSite, placeOfCall } from '../../loading/call-site.js'
import type { Place } from '../../loading/stack-positions.js'
import { maskSecrets } from '../../sql/mask.js'
import { maskWith } from '../../sql/mask-with.js'
import { codeFrame } from '../../sql/position.js'
import type { LoadedStep } from '../contract.js'
import { SEPARATOR } from './parts.js'

/**
 * A place in a module of the user's with the frame around it.
 *
 * @param statement what was sent from there: none of its secrets is shown
 */
export function placeDetails(
  { file, line, column }: Place,
  statement: string,
): Pick<ErrorDetails, 'file' | 'line' | 'column' | 'frame'> {
  const source = sourceOf(file)
  const frame = source === undefined || tellsSecrets(source, line) ? '' : codeFrame(source, line, column)
  return { file, line, column, ...(frame === '' ? {} : { frame: maskWith(statement)(frame) }) }
}

/** Tells for a line of collected statements, joined, from where in the user's file the statement was asked for. */
export function placesOfCalls(
  step: LoadedStep,
  texts: readonly string[],
  calls: readonly (CallSite | undefined)[],
): (line: number) => Place | undefined {
  return (line) => {
    let next = 1
    const index = texts.findIndex((text) => {
      next += `${text}${SEPARATOR}`.split('\n').length - 1
      return line < next
    })
    const call = calls[index]
    return call && placeOfCall(call, step.file.file)
  }
}

/** The same error at the place where the statement was asked for: a line of a composed text means nothing to people. */
export function calledFrom(error: GodwitError, calledAt: (line: number) => Place | undefined): GodwitError {
  const { line, column: _, ...details } = error.details
  if (line === undefined) return error
  const place = calledAt(line)
  Object.assign(error, { details: { ...details, ...(place === undefined ? {} : placeDetails(place, '')) } })
  return error
}

function sourceOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

// SQL stands in the quotes of another language here: read with and without them, and rather not shown when in doubt.
function tellsSecrets(source: string, line: number): boolean {
  return [source, source.replace(/["`]/g, ' ')].some((text) => {
    const masked = maskSecrets(text, { sameLength: true })
    return masked !== text && shownLines(masked, line) !== shownLines(text, line)
  })
}

function shownLines(text: string, line: number): string {
  return text
    .split('\n')
    .slice(Math.max(0, line - 2), line)
    .join('\n')
}
