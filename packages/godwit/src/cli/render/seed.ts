import type { RunEvent, SeedEvent } from '../../engine/events.js'
import type { ListedSeed } from '../../project/seed-list.js'
import type { SeedReport } from '../../seeds/run.js'
import type { Output } from '../output.js'
import { ago } from './words.js'

/** Whether an event is about seeds. */
export function isSeedEvent(event: RunEvent): event is SeedEvent {
  return event.type.startsWith('seed-')
}

/** Often enough to seem steady. */
const DRAW_EVERY_MS = 100
/** In a log, of a seed that takes long. */
const LOG_EVERY_MS = 5_000

/** Turns the events of seeds into lines: one a seed; on a terminal a bar that shows how far it is, in a log a line now and then. */
export class SeedProgress {
  readonly #output: Output
  readonly #terminal: boolean
  #started = 0
  #shown = 0

  constructor(output: Output) {
    this.#output = output
    this.#terminal = process.stderr.isTTY === true
  }

  on(event: SeedEvent): void {
    const output = this.#output
    if (event.type === 'seed-started') {
      this.#started = performance.now()
      this.#shown = this.#started
      output.progress(`  ▸ ${event.name}   ${event.index + 1} of ${event.total}`)
    } else if (event.type === 'seed-rows') this.#rows(event)
    else if (event.type === 'seed-clearing') {
      output.say('Takes away:')
      for (const line of event.goes) output.say(`  ${line}`)
    } else if (event.type === 'seed-log') this.#log(event.line)
    else output.say(`  ${this.#mark(event.outcome)} ${event.name}   ${seedInWords(event)}`)
  }

  #rows(event: Extract<SeedEvent, { type: 'seed-rows' }>): void {
    const now = performance.now()
    if (now - this.#shown < (this.#terminal ? DRAW_EVERY_MS : LOG_EVERY_MS)) return
    this.#shown = now
    const line = `  ▸ ${event.name}   ${rowsInWords(event, now - this.#started)}`
    if (this.#terminal) this.#output.progress(line)
    else if (!this.#output.json && !this.#output.quiet) this.#output.tell(line)
  }

  // What a seed prints must not stand in the one document.
  #log(line: string): void {
    if (this.#output.json) this.#output.tell(line)
    else this.#output.say(line)
  }

  #mark(outcome: string): string {
    const { paint } = this.#output
    return outcome === 'failed' ? paint.red('✗') : paint.green('✓')
  }
}

const BAR = 20

/** `███████████░░░░░░░░░  5.6 M of 10 M   640 k/s   7 s left`. */
export function rowsInWords({ rows, total }: { rows: number; total: number | null }, elapsedMs: number): string {
  const rate = (rows / Math.max(elapsedMs, 1)) * 1_000
  const speed = `${short(rate)}/s`
  if (total === null) return `${short(rows)} rows   ${speed}`
  const done = Math.min(BAR, Math.floor((rows / Math.max(total, 1)) * BAR))
  const left = `${Math.ceil((total - rows) / Math.max(rate, 1))} s left`
  return `${'█'.repeat(done)}${'░'.repeat(BAR - done)}  ${short(rows)} of ${short(total)}   ${speed}   ${left}`
}

/** `640 k`, `5.6 M`. */
function short(n: number): string {
  if (n < 10_000) return String(Math.round(n))
  if (n < 1_000_000) return `${Math.round(n / 1_000)} k`
  return `${(n / 1_000_000).toFixed(1).replace('.0', '')} M`
}

/** `2 inserted, 1 unchanged`. */
export function seedInWords(counts: Record<Word, number> & { outcome: string; left?: 'part' | 'unknown' }): string {
  if (counts.outcome === 'failed') return LEFT[counts.left ?? 'nothing']
  if (counts.outcome === 'skipped') return 'not for this environment'
  const said = words.filter(([word]) => counts[word] > 0).map(([word, says]) => `${counts[word]} ${says}`)
  return said.join(', ') || 'done'
}

const LEFT = {
  nothing: 'undone, nothing of it is left',
  part: 'failed, and a part of it is still there',
  unknown: 'failed; what it wrote by itself may still be there',
} as const

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
