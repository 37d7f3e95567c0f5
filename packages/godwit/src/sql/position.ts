export { codeFrame } from './code-frame.js'

import { NEWLINE } from './characters.js'
import type { ScriptPlace } from './statement.js'

/**
 * The UTF-16 index of the character that the server's `position` names: it counts characters from 1, JavaScript counts
 * UTF-16 units from 0. Never beyond the end of the text.
 */
export function unitOfPosition(text: string, position: number): number {
  let unit = 0
  for (let seen = 1; seen < position && unit < text.length; seen++) {
    const code = text.charCodeAt(unit)
    const low = text.charCodeAt(unit + 1)
    unit += code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000 ? 2 : 1
  }
  return unit
}

/** How many characters, as the server counts them, a text has. */
export function countCharacters(text: string): number {
  let count = text.length
  for (let at = 1; at < text.length; at++) {
    const low = text.charCodeAt(at)
    if (low < 0xdc00 || low >= 0xe000) continue
    const high = text.charCodeAt(at - 1)
    if (high >= 0xd800 && high < 0xdc00) count--
  }
  return count
}

/** Where `unit` of a text is, in the script that holds the text at `start`. */
export function placeWithin(start: ScriptPlace, text: string, unit: number): ScriptPlace {
  let { line, column } = start
  for (let at = 0; at < unit; at++) {
    if (text.charCodeAt(at) === NEWLINE) {
      line++
      column = 1
    } else column++
  }
  return { offset: start.offset + unit, line, column }
}

/** A text in a message, such as one of several statements. */
export interface MessagePart extends ScriptPlace {
  text: string
  /** UTF-16 index in the message of `text[0]`. */
  at: number
}

/**
 * Maps the server's `position` in a message of several statements back to the statement and its place in the script.
 * Nothing when the position is before the first part; a place between two parts belongs to the end of the first.
 *
 * @param parts in the order of the message
 */
export function placeInMessage(
  message: string,
  parts: readonly MessagePart[],
  position: number,
): (ScriptPlace & { index: number }) | undefined {
  const unit = unitOfPosition(message, position)
  const index = parts.findLastIndex((part) => part.at <= unit)
  const part = parts[index]
  if (part === undefined) return undefined
  return { index, ...placeWithin(part, part.text, Math.min(unit - part.at, part.text.length)) }
}
