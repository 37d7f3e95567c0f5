import { relative } from 'node:path'
import type { LintReport } from '../../project/lint.js'

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const

/** Findings as workflow commands, which GitHub shows at the lines of a pull request. Files are relative to where people stand. */
export function annotations({ findings }: LintReport): string[] {
  return findings.map(({ code, severity, message, recipe, file, line, column }) => {
    const place = `file=${property(shown(file))},line=${line},col=${column},title=${property(code)}`
    return `::${commands[severity]} ${place}::${data([message, ...recipe].join('\n'))}`
  })
}

function shown(file: string): string {
  return relative(process.cwd(), file).replaceAll('\\', '/')
}

// As the runner's toolkit escapes them.
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
