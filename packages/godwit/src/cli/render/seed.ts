import type { RunEvent, SeedEvent } from '../../engine/events.js'
import type { ListedSeed } from '../../project/seed-list.js'
import type { SeedReport } from '../../seeds/run.js'
import type { Output } from '../output.js'
import { ago } from './words.js'

/** Whether an event is about seeds. */
export function isSeedEvent(event: RunEvent): event is SeedEvent {
  return event.type.startsWith('seed-')
}

/** Turns the events of seeds into lines: one a seed, and while it goes on how far it is. */
export class SeedProgress {
  readonly #output: Output

  constructor(output: Output) {
    this.#output = output
  }

  on(event: SeedEvent): void {
    const output = this.#output
    if (event.type === 'seed-started') output.progress(`  ▸ ${event.name}   ${event.index + 1} of ${event.total}`)
    else if (event.type === 'seed-rows') output.progress(`  ▸ ${event.name}   ${event.rows} rows`)
    else if (event.type === 'seed-clearing') {
      output.say('Takes away:')
      for (const line of event.goes) output.say(`  ${line}`)
    } else if (event.type === 'seed-log') output.say(event.line)
    else output.say(`  ${this.#mark(event.outcome)} ${event.name}   ${seedInWords(event)}`)
  }

  #mark(outcome: string): string {
    const { paint } = this.#output
    return outcome === 'failed' ? paint.red('✗') : paint.green('✓')
  }
}

/** `2 inserted, 1 unchanged`. */
export function seedInWords(
  counts: Extract<SeedEvent, { type: 'seed-done' }> | (Record<Word, number> & { outcome: string }),
): string {
  if (counts.outcome === 'failed') return 'undone, nothing of it is left'
  if (counts.outcome === 'skipped') return 'not for this environment'
  const said = words.filter(([word]) => counts[word] > 0).map(([word, says]) => `${counts[word]} ${says}`)
  return said.join(', ') || 'done'
}

type Word = 'inserted' | 'updated' | 'unchanged' | 'kept' | 'deleted'

const words: [Word, string][] = [
  ['deleted', 'deleted'],
  ['inserted', 'inserted'],
  ['updated', 'updated'],
  ['unchanged', 'unchanged'],
  ['kept', 'edited since and kept'],
]

/** Name, when, what, by whom. */
export function listedSeed({ name, file, env, last, edited }: ListedSeed): string[] {
  const whom = env === null ? '' : `for ${env.join(', ')}`
  if (last === null) return [name, 'not run yet', '', whom]
  const did = last.outcome === 'cleared' ? `${last.deleted} cleared` : seedInWords(last)
  const notes = [file === null ? 'its file is gone' : '', edited ? 'edited since' : '', whom].filter(
    (note) => note !== '',
  )
  return [name, ago(last.at), `${did} by ${last.by} (${last.environment})`, notes.join('; ')]
}

/** Reports as `--json` carries them. */
export function seedDocuments(reports: readonly SeedReport[]): SeedReport[] {
  return reports.map((report) => ({ ...report, durationMs: Math.round(report.durationMs) }))
}
