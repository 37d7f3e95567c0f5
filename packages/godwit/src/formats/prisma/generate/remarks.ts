import type { Tried } from './trial.js'

/** What people are told of a trial. */
export interface Remarks {
  /** Lines at the head of the way back. */
  comments: string[]
  /** Said when it is generated. */
  notes: string[]
}

/** Puts what a trial found in words. */
export function remarksOn({ upFails, downFails, strays }: Tried, schema: string): Remarks {
  if (upFails !== undefined)
    return {
      comments: ['-- Not tried on the shadow, where migration.sql fails.'],
      notes: [
        `migration.sql fails on the shadow: ${upFails.reason}. Correct it before it is applied; down.sql was not tried.`,
      ],
    }
  if (downFails !== undefined)
    return {
      comments: [`-- No way back as it stands: it fails on the shadow: ${oneLine(downFails)}.`],
      notes: [`down.sql fails on the shadow: ${downFails}. It is no way back until it is corrected.`],
    }
  if (strays === undefined) return { comments: [], notes: [] }
  const where = withoutSchema(strays, schema).join('; it ')
  return {
    comments: [`-- Does not lead quite back: it ${oneLine(where)}.`],
    notes: [`down.sql does not lead quite back: it ${where}.`],
  }
}

/** Things as people name them: without the schema that unqualified names stand for. */
export function withoutSchema(things: readonly string[], schema: string): string[] {
  return things.map((thing) => thing.replaceAll(` ${schema}.`, ' '))
}

/** A name may hold a line break, which would end a comment. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
