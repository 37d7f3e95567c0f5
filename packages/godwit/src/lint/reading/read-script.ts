import { classify, loadParser, PARSE_LIMIT } from '../../sql/classify.js'
import { parseStatement } from '../../sql/parser.js'
import { scriptFacts, scriptHeader } from '../../sql/script.js'
import { splitScript } from '../../sql/split.js'
import type { LintedMigration, LintedStatement } from '../migration.js'

/** Where the text of statements stands in a file. */
export type Locate = (offset: number) => { line: number; column: number }

/**
 * The statements of a SQL text.
 *
 * @param locate where a character of the text stands in its file
 * @throws ScriptError when something in it was never closed
 */
export async function readStatements(text: string, locate: Locate): Promise<LintedStatement[]> {
  await loadParser()
  return splitScript(text).flatMap((item) => {
    if (item.kind !== 'statement') return []
    const { text: own, offset } = item.statement
    const tree = own.length > PARSE_LIMIT ? undefined : parseStatement(own)
    return [
      {
        text: own,
        class: classify(own),
        ...(tree === undefined ? {} : { tree }),
        locate: (at: number) => locate(offset + at),
      },
    ]
  })
}

/**
 * How a run sends a script (`databases/postgres/compile.ts`): as its statements decide, or as its header or its format says.
 *
 * @param forced what the format says
 */
export function transactionOf(
  statements: readonly LintedStatement[],
  text: string,
  forced?: 'one' | 'none',
): LintedMigration['transaction'] {
  const { transaction } = scriptFacts(statements.map((statement) => statement.class))
  if (transaction === 'own') return 'own'
  const said = forced ?? scriptHeader(text).transaction
  return said ?? (transaction === 'none' ? 'none' : 'one')
}

/** Finds line and column of characters in a text; a line break ends a line. */
export function placesIn(text: string, firstLine = 1): Locate {
  const starts = [text.charCodeAt(0) === 0xfeff ? 1 : 0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + firstLine, column: offset - (starts[low] ?? 0) + 1 }
  }
}
