import { join, relative } from 'node:path'
import { GodwitError, isGodwitError } from '../../errors.js'
import type { Output } from '../output.js'
import { findingsInWords } from './findings.js'
import { hintHere } from './same-command.js'

/** Any error as a GodwitError: what was not foreseen is a bug, and says so. */
export function asGodwitError(error: unknown): GodwitError {
  if (isGodwitError(error)) return error
  const what = error instanceof Error ? error.message : String(error)
  return new GodwitError('GODWIT_BUG', { what }, { cause: error })
}

/** An error as people read it: what, where, what the server says, what state it left, the way out last. */
export function renderError(output: Output, error: GodwitError): void {
  const { paintError: paint } = output
  const { file, folder, line, column, frame, statement, server, state, findings } = error.details
  output.tell('')
  output.tell(`${paint.red('error')} ${error.code}: ${error.message}`)
  if (file !== undefined) {
    const place = [shownPath(folder === undefined ? file : join(folder, file)), line, column]
      .filter((part) => part !== undefined)
      .join(':')
    output.tell(`  ${place}`)
  }
  if (frame !== undefined) output.tell(indent(frame, '    '))
  if (statement !== undefined && !showsStatement(frame, file, statement)) output.tell(indent(clip(statement), '    '))
  if (server !== undefined) {
    const { product = 'PostgreSQL', code, message } = server
    output.tell(`  ${product} says: ${code}${message === error.message ? '' : `, ${message}`}`)
    if (server.detail !== undefined) output.tell(`    detail: ${server.detail}`)
    if (server.hint !== undefined) output.tell(`    hint: ${server.hint}`)
  }
  for (const text of findingsInWords(findings ?? [], process.cwd())) output.tell(text)
  const lines = [...(state ?? []), hintHere(error.hint)]
  output.tell('')
  for (const text of lines) output.tell(text)
  if (output.verbose || error.code === 'GODWIT_BUG') tellStack(output, error)
}

/** An error in `--json`, where its exit code says the same. */
export function errorDocument(error: GodwitError): Record<string, unknown> {
  const { frame: _, folder: __, ...details } = error.details
  return { code: error.code, message: error.message, hint: error.hint, ...details }
}

function tellStack(output: Output, error: Error): void {
  const { paintError: paint } = output
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    output.tell(paint.dim(at === error ? (at.stack ?? '') : `caused by: ${at.stack ?? at.message}`))
  }
}

/** A path as it can be typed from where people stand. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file)
  return path === '' || path.startsWith('..') ? file : path
}

// The frame of a script shows the statement; that of a function the call, in which it stands or not.
function showsStatement(frame: string | undefined, file: string | undefined, statement: string): boolean {
  return frame !== undefined && (/\.sql$/i.test(file ?? '') || frame.includes(statement.trim()))
}

function clip(text: string): string {
  const lines = text.replace(/^\s*\n|\s+$/g, '').split('\n')
  const cut = lines.slice(0, 8).map((line) => (line.length > 200 ? `${line.slice(0, 200)} …` : line))
  return lines.length > 8 ? [...cut, `… ${lines.length - 8} more lines`].join('\n') : cut.join('\n')
}

function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => `${by}${line}`.trimEnd())
    .join('\n')
}
