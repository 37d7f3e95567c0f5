import { classify } from '../sql/classify.js'
import { literal } from '../sql/quote.js'
import { ScriptReader } from '../sql/split.js'

/**
 * A text with an error in the place of each statement that reaches out of its database (rule 31). The server raises it, so
 * that it is met as every other error of a migration is. The parser must be loaded.
 */
export function keptInside(text: string): string {
  let kept = ''
  let at = 0
  for (const { statement, outward } of outwardIn(text)) {
    kept += text.slice(at, statement.offset) + refusal(outward)
    at = statement.offset + statement.text.length
  }
  return at === 0 ? text : kept + text.slice(at)
}

function refusal(outward: string): string {
  const message = `a shadow lets nothing out of its database, and this is about ${outward}`
  return `DO ${literal(`BEGIN RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = ${literal(message)}; END`)}`
}

function outwardIn(text: string) {
  try {
    const reader = new ScriptReader()
    return [...reader.push(text), ...reader.end()].flatMap((item) => {
      const outward = item.kind === 'statement' ? classify(item.statement.text).outward : undefined
      return item.kind === 'statement' && outward !== undefined ? [{ statement: item.statement, outward }] : []
    })
  } catch {
    // The server will say what is wrong with it.
    return []
  }
}
