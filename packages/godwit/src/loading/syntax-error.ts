import { GodwitError } from '../errors.js'
import { reasonOf } from './error-facts.js'

/** What swc prints of a syntax error: the reason, `,-[file:line:column]`, then the source with a mark below. */
const report = /^\s*x\s+([\s\S]*?)\n\s*,-\[(.*):(\d+):(\d+)\]\n([\s\S]*?)\n\s*`----/

/** swc's failure to parse a file, as the error people see: the reason, line, column and the lines around it. */
export function syntaxError(file: string, cause: unknown): GodwitError {
  const text = cause instanceof Error ? cause.message : String(cause)
  const [, reason, , line, column, frame] = report.exec(text) ?? []
  if (reason === undefined)
    return new GodwitError('GODWIT_FILE_SYNTAX', { file, reason: reasonOf(cause) }, { cause, file })
  const place = placeOfMark(frame ?? '') ?? { line: Number(line), column: Number(column) }
  return new GodwitError(
    'GODWIT_FILE_SYNTAX',
    { file, reason: reason.replace(/\s*\n[\s|]*/g, ' ').trim() },
    { cause, file, ...place, ...(frame === undefined ? {} : { frame: frame.replace(/\s+$/, '') }) },
  )
}

/** swc's header names the first line it prints; the mark below a line is the exact place. */
function placeOfMark(frame: string): { line: number; column: number } | undefined {
  const lines = frame.split('\n')
  for (const [index, text] of lines.entries()) {
    const mark = /^\s*: (\s*)[\^|,`]/.exec(text)
    const numbered = /^\s*(\d+) \|/.exec(lines[index - 1] ?? '')
    if (mark?.[1] !== undefined && numbered?.[1] !== undefined) {
      return { line: Number(numbered[1]), column: mark[1].length + 1 }
    }
  }
  return undefined
}
