import { ident } from '../../../sql/quote.js'
import type { Changes } from './changes.js'
import type { Handmade } from './handmade.js'

/** What Prisma warns of: what loses data, and what may fail on the data that is there. */
export interface Warnings {
  losses: string[]
  others: string[]
}

/** What Prisma warns of in a script's first comment. */
export function warningsOf(script: string): Warnings {
  const warnings = [...heading(script).matchAll(/^ {2}- (.*)$/gm)].map(([, warning = '']) => warning)
  return { losses: warnings.filter(losesData), others: warnings.filter((warning) => !losesData(warning)) }
}

/** Whether a warning of Prisma's is about data that goes. */
export function losesData(warning: string): boolean {
  return /\b(?:lost|data loss|which (?:is not empty|(?:still )?contains))\b/.test(warning)
}

/** The engine's script with the renames before what it does, behind its warnings. */
export function composeUp(script: string, renames: readonly string[]): string {
  if (renames.length === 0) return script
  const warnings = heading(script)
  return `${warnings}${renameText(renames)}${script === '' ? '' : `\n${script.slice(warnings.length)}`}`
}

/** What is known of a way back. */
export interface DownFacts {
  /** What the up does, and what the way back does. */
  changes: Changes
  back: Changes
  /** What goes with the up's tables and columns, and is made again. */
  lost: readonly Handmade[]
  /** The one that unqualified names stand for. */
  schema: string
  /** Those that the up makes. */
  schemas: readonly string[]
}

/**
 * The way back, whose first line says what it takes away and what it cannot give back.
 */
export function composeDown(script: string, renames: readonly string[], facts: DownFacts): string {
  const { changes, back, lost, schema, schemas } = facts
  const parts = [script.trimEnd()]
  const again = lost.flatMap(({ definition }) => (definition === null ? [] : [`${definition};`]))
  if (again.length > 0) parts.push(`-- What only SQL had made\n${again.join('\n')}`)
  for (const name of schemas) parts.push(`-- DropSchema\nDROP SCHEMA ${ident(name)};`)
  if (renames.length > 0) parts.push(renameText(renames).trimEnd())
  const body = `${parts.filter((part) => part !== '').join('\n\n')}\n`
  const lossy = lossLine(withoutSchema(changes.destroys, schema), withoutSchema(back.destroys, schema))
  return lossy === undefined ? body : `${lossy}\n\n${body}`
}

function lossLine(gone: readonly string[], goes: readonly string[]): string | undefined {
  const parts = [
    ...(goes.length === 0 ? [] : [`takes away the data of ${list(goes)}`]),
    ...(gone.length === 0 ? [] : [`brings back without their data ${list(gone)}`]),
  ]
  return parts.length === 0 ? undefined : `-- Lossy: ${parts.join('; ')}.`
}

function withoutSchema(things: readonly string[], schema: string): string[] {
  return things.map((thing) => thing.replace(` ${schema}.`, ' '))
}

// A name may hold a line break, which would end the comment.
function list(things: readonly string[]): string {
  return things.join(', ').replace(/\s+/g, ' ')
}

function renameText(renames: readonly string[]): string {
  return renames
    .map((sql) => `-- ${/ RENAME COLUMN /.test(sql) ? 'RenameColumn' : 'RenameTable'}\n${sql};\n`)
    .join('\n')
}

function heading(script: string): string {
  return /^\/\*\n {2}Warnings:[\s\S]*?\n\*\/\n/.exec(script)?.[0] ?? ''
}
