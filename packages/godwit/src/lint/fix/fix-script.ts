import { scriptHeader } from '../../sql/script.js'
import { splitScript } from '../../sql/split.js'
import type { LintedMigration } from '../migration.js'
import type { FoundIn } from '../run.js'
import { whyTogether } from './apart.js'
import { type Fixed, refuseAll } from './fixed.js'
import { type Rewrite, rewriteOf } from './rewrite.js'

const header = '-- godwit: transaction=none'

/** Writes fixes into the text of a script. The places of statements are those that linting this very text gave. */
export function fixScript(text: string, migration: LintedMigration, findings: readonly FoundIn[]): Fixed {
  const rewrites = new Map<number, Rewrite>()
  const refused: Fixed['refused'] = []
  for (const [index, statement] of migration.statements.entries()) {
    const own = findings.filter((finding) => finding.statement === statement)
    if (own.length === 0) continue
    const rewrite = rewriteOf(statement, own)
    if (rewrite === undefined) refused.push(...refuseAll(own, 'its text cannot be taken apart safely').refused)
    else rewrites.set(index, rewrite)
  }
  const isApart = [...rewrites.values()].some(({ apart }) => apart)
  const reason = isApart ? whyNotApart(text, migration, rewrites) : undefined
  if (reason !== undefined)
    for (const [index, rewrite] of rewrites) {
      if (!rewrite.apart) continue
      refused.push(...refuseAll(rewrite.mends, reason).refused)
      rewrites.delete(index)
    }
  if (rewrites.size === 0) return { mended: [], refused }
  const needsHeader =
    isApart && reason === undefined && migration.format === 'sql' && scriptHeader(text).transaction === undefined
  if (needsHeader) for (const each of rewrites.values()) each.statements = each.statements.map(forSession)
  const content = written(text, migration, rewrites)
  return {
    content: needsHeader ? withHeader(content) : content,
    mended: [...rewrites.values()].flatMap(({ mends }) => mends),
    refused,
  }
}

function whyNotApart(
  text: string,
  migration: LintedMigration,
  rewrites: ReadonlyMap<number, Rewrite>,
): string | undefined {
  const together = whyTogether(migration)
  if (together !== undefined || migration.transaction === 'none') return together
  if (scriptHeader(text).transaction === 'one') return 'its header says transaction=one'
  if (migration.format === 'node-pg-migrate')
    return 'node-pg-migrate runs a SQL file in one transaction; write it in JavaScript with pgm.noTransaction()'
  const statements =
    migration.statements.length - rewrites.size + [...rewrites.values()].flatMap((each) => each.statements).length
  if (migration.format === 'prisma' && statements > 1)
    return 'Prisma sends a script as one message; each statement needs a migration of its own'
  return undefined
}

function written(text: string, { statements }: LintedMigration, rewrites: ReadonlyMap<number, Rewrite>): string {
  const parts = splitScript(text).flatMap((item) => (item.kind === 'statement' ? [item.statement] : []))
  let [content, at] = ['', 0]
  for (const { offset, text: old, line, column } of parts) {
    // The statements may be those of one section of the file.
    const index = statements.findIndex(({ text: own, locate }) => {
      const place = locate(0)
      return own === old && place.line === line && place.column === column
    })
    const rewrite = rewrites.get(index)
    if (rewrite === undefined) continue
    const indent = /[^\S\n]*$/.exec(text.slice(0, offset))?.[0] ?? ''
    content += text.slice(at, offset) + rewrite.statements.join(`;\n${indent}`)
    at = offset + old.length
  }
  return content + text.slice(at)
}

// Outside of a transaction SET LOCAL does nothing.
function forSession(statement: string): string {
  return statement.replace(/^SET LOCAL (?=(?:lock|statement)_timeout\b)/, 'SET ')
}

function withHeader(text: string): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  return `${mark}${header}${newline}${text.slice(mark.length)}`
}
