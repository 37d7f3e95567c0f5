import { relative } from 'node:path'
import type { GenerateReport } from '../../project/generate.js'
import type { Output } from '../output.js'
import { shownPath } from './error.js'
import { count } from './words.js'

/** What `--json` carries of a generated migration. */
export function generatedDocument(report: GenerateReport, folder: string): Record<string, unknown> {
  const { name, files, notes, statements, compared, losses, kept, shadow, models } = report
  const paths = files.map(({ path }) => relative(folder, path))
  return {
    name,
    files: paths,
    statements,
    compared,
    losses,
    kept,
    shadow,
    ...(models && { models }),
    ...(notes.length === 0 ? {} : { notes }),
  }
}

// Who expected a change looks for the model that was not compared.
function modelLines({ models }: GenerateReport): string[] {
  if (models === undefined) return []
  const { found, matchless = [], unlisted, without } = models
  return [
    `found: ${found.length === 0 ? 'no entity' : listed(found)}`,
    ...matchless.map((pattern) => `matches no file: ${pattern}`),
    ...(unlisted.length === 0 ? [] : [`holds an entity that the data source does not name: ${listed(unlisted)}`]),
    ...(without.length === 0 ? [] : [`holds no decorated class: ${listed(without)}`]),
  ]
}

function listed(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
}

/** Tells what was generated, or that there was nothing. */
export function renderGenerated(output: Output, report: GenerateReport, { wrote }: { wrote: boolean }): void {
  const { compared, files, kept, losses, name, notes, shadow, statements } = report
  const sources = compared.join(' and ')
  if (name === null) {
    output.say(`No changes in database schema: compared ${sources} on ${shadow}.`)
    for (const line of modelLines(report)) output.say(line)
  } else if (wrote) {
    for (const { path, replaces } of files)
      output.say(`${replaces === undefined ? 'wrote' : 'changed'} ${shownPath(path)}`)
  } else {
    output.say(`${count(statements.length, 'statement')} would be written; compared ${sources} on ${shadow}:`)
    for (const statement of statements) output.say(`  ${statement}`)
  }
  for (const each of kept) output.say(`left alone: ${each}, which no model can say`)
  for (const each of losses) output.say(output.paint.yellow(`loses data: ${each}`))
  for (const note of notes) output.say(note)
}
