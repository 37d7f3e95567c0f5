import { relative } from 'node:path'
import type { Finding } from '../../preflight/finding.js'
import { count } from './words.js'

const SQL_LINES = 6

/** What preflight found, as people read it: where, the statement, what is wrong, the rows, and the query that finds all. */
export function findingsInWords(findings: readonly Finding[], folder: string): string[] {
  const lines: string[] = []
  let before = ''
  for (const { severity, message, file, line, sql, examples, query } of findings) {
    const place = file === undefined ? '' : `${relative(folder, file)}${line == null ? '' : `:${line}`}`
    if (place !== '' && `${place} ${sql}` !== before) {
      lines.push(`  ${place}`)
      lines.push(...clipped(sql ?? '').map((each) => `    ${each}`))
    }
    before = `${place} ${sql}`
    lines.push(`  ${severity === 'error' ? '' : `${severity}: `}${message}`)
    for (const { key, value } of examples ?? [])
      lines.push(`    ${value === undefined ? `key ${key}` : `${value}   key ${key}`}`)
    if (query !== undefined) lines.push(`  All of them: ${query}`)
  }
  return lines
}

/** `2 statements would fail, 1 warning`. */
export function findingsCounted(findings: readonly Finding[]): string {
  const of = (severity: Finding['severity']) => findings.filter((each) => each.severity === severity).length
  const parts = [
    ...(of('error') > 0 ? [`${count(of('error'), 'statement')} would fail`] : []),
    ...(of('warning') > 0 ? [count(of('warning'), 'warning')] : []),
    ...(of('note') > 0 ? [`${count(of('note'), 'thing')} not checked`] : []),
  ]
  return parts.join(', ')
}

function clipped(sql: string): string[] {
  const lines = sql.split('\n')
  return lines.length > SQL_LINES ? [...lines.slice(0, SQL_LINES), `… ${lines.length - SQL_LINES} more lines`] : lines
}
