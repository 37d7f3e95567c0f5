import { relative } from 'node:path'
import { GodwitError } from '../errors.js'
import type { Script } from './contract.js'

/** Tells whether a script holds anything but white space, comments and lone semicolons. Reads no further than needed. */
export async function holdsStatement(script: Script): Promise<boolean> {
  let text = ''
  for await (const piece of script.read()) {
    text += piece
    // An unfinished comment at the end of a piece says nothing yet.
    const rest = text.slice(skipBlank(text))
    if (rest !== '' && !/^(-|\/|\/\*[\s\S]*|--[^\n]*)$/.test(rest)) return true
    text = rest
  }
  return text !== '' && !text.startsWith('--')
}

/**
 * Wants a script to do something.
 *
 * @throws GODWIT_EMPTY_MIGRATION
 */
export async function refuseEmpty(script: Script, name: string, projectDir: string): Promise<void> {
  if (await holdsStatement(script)) return
  throw new GodwitError('GODWIT_EMPTY_MIGRATION', { name }, { file: relative(projectDir, script.file) })
}

/** The index of the first character that is no white space, comment or semicolon; an unfinished comment counts. */
function skipBlank(text: string): number {
  let at = 0
  while (at < text.length) {
    if (/[\s;]/.test(text[at] ?? '')) {
      at++
    } else if (text.startsWith('--', at)) {
      const end = text.indexOf('\n', at)
      if (end === -1) return at
      at = end + 1
    } else if (text.startsWith('/*', at)) {
      const end = endOfBlockComment(text, at)
      if (end === -1) return at
      at = end
    } else {
      return at
    }
  }
  return at
}

// PostgreSQL's block comments nest.
function endOfBlockComment(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++
      at++
    } else if (text.startsWith('*/', at)) {
      depth--
      at++
      if (depth === 0) return at + 1
    }
  }
  return -1
}
