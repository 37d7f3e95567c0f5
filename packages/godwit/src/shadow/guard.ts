import { classify } from '../sql/classify.js'
import { literal } from '../sql/quote.js'
import { ScriptReader } from '../sql/split.js'

/**
 * What is sent in the place of a text that reaches out of its database (rule 31): an error, which the server raises, so that
 * it is met as every other error of a migration is. Where nothing reaches out, the text as it is. The parser must be loaded.
 */
export function keptInside(text: string): string {
  const outward = outwardOf(text)
  if (outward === undefined) return text
  const message = `a shadow lets nothing out of its database, and this is about ${outward}`
  return `DO ${literal(`BEGIN RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = ${literal(message)}; END`)}`
}

function outwardOf(text: string): string | undefined {
  try {
    const reader = new ScriptReader()
    for (const item of [...reader.push(text), ...reader.end()]) {
      const outward = item.kind === 'statement' ? classify(item.statement.text).outward : undefined
      if (outward !== undefined) return outward
    }
  } catch {
    // The server will say what is wrong with it.
  }
  return undefined
}
