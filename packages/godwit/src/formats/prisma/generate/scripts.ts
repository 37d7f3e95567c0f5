import { ident } from '../../../sql/quote.js'
import { headingOf } from '../engine/compare.js'
import type { Changes } from './changes.js'
import type { Handmade } from './handmade.js'
import { oneLine, withoutSchema } from './remarks.js'

/** What Prisma warns of: what loses data, and what may fail on the data that is there. */
export interface Warnings {
  losses: string[]
  others: string[]
}

/** What Prisma warns of in a script's first comment. */
export function warningsOf(script: string): Warnings {
  const warnings = [...headingOf(script).matchAll(/^ {2}- (.*)$/gm)].map(([, warning = '']) => warning)
  return { losses: warnings.filter(losesData), others: warnings.filter((warning) => !losesData(warning)) }
}

/** Whether a warning of Prisma's is about data that goes. */
export function losesData(warning: string): boolean {
  return /\b(?:lost|data loss|which (?:is not empty|(?:still )?contains))\b/.test(warning)
}

/** The engine's script with the renames before what it does, behind its warnings. */
export function composeUp(script: string, renames: readonly string[]): string {
  if (renames.length === 0) return script
  const warnings = headingOf(script)
  return `${warnings}${renameText(renames)}${script === '' ? '' : `\n${script.slice(warnings.length)}`}`
}

/** What a way back has to do besides what the engine says. */
export interface DownFacts {
  /** What goes with the up's tables and columns, and is made again. */
  lost: readonly Handmade[]
  /** Schemas that the up makes. */
  schemas: readonly string[]
}

/** The way back. */
export function composeDown(script: string, renames: readonly string[], { lost, schemas }: DownFacts): string {
  const parts = [script.trimEnd()]
  const again = lost.flatMap(({ definition }) => (definition === null ? [] : [`${definition};`]))
  if (again.length > 0) parts.push(`-- What only SQL had made\n${again.join('\n')}`)
  for (const name of schemas) parts.push(`-- DropSchema\nDROP SCHEMA ${ident(name)};`)
  if (renames.length > 0) parts.push(renameText(renames).trimEnd())
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** A script behind comments that say what to know of it. */
export function withHeading(lines: readonly string[], script: string): string {
  return lines.length === 0 ? script : `${lines.join('\n')}\n\n${script}`
}

/** What a way back takes away and what it cannot give back, in a comment. */
export function lossLines(changes: Changes, back: Changes, schema: string): string[] {
  const list = (things: readonly string[]) => oneLine(withoutSchema(things, schema).join(', '))
  const parts = [
    ...(back.destroys.length === 0 ? [] : [`takes away the data of ${list(back.destroys)}`]),
    ...(changes.destroys.length === 0 ? [] : [`brings back without their data ${list(changes.destroys)}`]),
  ]
  return parts.length === 0 ? [] : [`-- Lossy: ${parts.join('; ')}.`]
}

function renameText(renames: readonly string[]): string {
  return renames
    .map((sql) => `-- ${/ RENAME COLUMN /.test(sql) ? 'RenameColumn' : 'RenameTable'}\n${sql};\n`)
    .join('\n')
}
