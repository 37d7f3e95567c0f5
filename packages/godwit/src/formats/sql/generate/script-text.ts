import type { GeneratedWays } from './index.js'

/** The two files of a generated migration. */
export function scriptTexts(slug: string, ways: GeneratedWays): { up: string; down: string } {
  const { up, down, losses, casts, source } = ways
  return {
    up: `-- ${slug}: what ${source} has beyond the history\n${takes(losses.up, casts.up)}\n${script(up)}`,
    down: `-- ${slug}: the way back\n${lossText('What it brings back is empty', losses.up)}${lossText('What the way there cast stays as it is', casts.up)}${takes(losses.down, casts.down)}\n${script(down)}`,
  }
}

function takes(losses: readonly string[], casts: readonly string[]): string {
  return lossText('It takes data away', [...losses, ...casts])
}

function lossText(says: string, losses: readonly string[]): string {
  return losses.length === 0 ? '' : `-- ${says}: ${losses.join(', ')}\n`
}

// A body may use what a later statement makes; the server would look for it.
const makesRoutine = /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)/

function script(statements: readonly string[]): string {
  const setting = statements.some((statement) => makesRoutine.test(statement))
    ? ['SET LOCAL check_function_bodies = off']
    : []
  return [...setting, ...statements].map((statement) => `${statement};\n`).join('\n')
}
