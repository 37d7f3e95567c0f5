import { splitScript } from '../../sql/split.js'
import { alterText } from '../alter-text.js'
import type { LintedStatement } from '../migration.js'
import type { FoundIn } from '../run.js'

/** Statements for the place of one, and the findings that they mend. */
export interface Rewrite {
  statements: string[]
  apart: boolean
  mends: FoundIn[]
}

/**
 * What the fixes of one statement make of it: one fix of the whole, or those of its commands together. Nothing where the text
 * cannot be taken apart.
 *
 * @param findings of this statement, each with a fix
 */
export function rewriteOf(statement: LintedStatement, findings: readonly FoundIn[]): Rewrite | undefined {
  const whole = findings.find(({ fix }) => fix !== undefined && fix.command === undefined)
  if (whole?.fix !== undefined)
    return counted({ statements: whole.fix.statements, apart: whole.fix.apart, mends: [whole] })
  const byCommand = new Map<number, FoundIn>()
  for (const finding of findings) {
    const { command } = finding.fix ?? {}
    if (command !== undefined && !byCommand.has(command)) byCommand.set(command, finding)
  }
  const cut = alterText(statement.text)
  if (cut === undefined || byCommand.size === 0) return undefined
  const statements: string[] = []
  let kept: string[] = []
  const flush = (): void => {
    if (kept.length > 0) statements.push(`${cut.head} ${kept.join(', ')}`)
    kept = []
  }
  for (const [index, command] of cut.commands.entries()) {
    const fix = byCommand.get(index)?.fix
    if (fix === undefined) kept.push(command)
    else {
      flush()
      statements.push(...fix.statements)
    }
  }
  flush()
  const mends = [...byCommand.values()]
  return counted({ statements, apart: mends.some(({ fix }) => fix?.apart), mends })
}

// A comment behind a command would swallow the semicolon. Of two constraints without a name the server numbers the second.
function counted(rewrite: Rewrite): Rewrite | undefined {
  const named = rewrite.statements.flatMap((text) => / ADD CONSTRAINT ("(?:[^"]|"")+"|\S+) /.exec(text)?.[1] ?? [])
  if (new Set(named).size < named.length) return undefined
  const made = splitScript(`${rewrite.statements.join(';\n')};`).filter(({ kind }) => kind === 'statement')
  return made.length === rewrite.statements.length ? rewrite : undefined
}
