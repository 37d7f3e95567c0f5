import type { RunEvent } from '../../engine/events.js'
import type { Direction } from '../../engine/migration.js'
import type { Output } from '../output.js'
import { aheadLines } from './backup.js'
import { isSeedEvent, SeedProgress } from './seed.js'
import { isWaitingEvent, type WaitingEvent, waitingLine } from './waiting.js'
import { bytesInWords, columns, count, duration, splitName } from './words.js'

// A line that changes with every statement of a fast script only flickers.
const SHOW_EVERY = 50

/** Turns a run's events into lines: one a finished step, and on a terminal a line that shows what is going on. */
export class RunProgress {
  readonly #output: Output
  readonly #seeds: SeedProgress
  #width = 0
  #waited = false
  #undid = false
  #blockedBy: string | undefined

  constructor(output: Output) {
    this.#output = output
    this.#seeds = new SeedProgress(output)
  }

  on(event: RunEvent): void {
    const output = this.#output
    if (event.type === 'waiting') this.#waiting(event)
    else if (event.type === 'planned') this.#width = Math.max(0, ...event.names.map((name) => shown(name).length))
    else if (event.type === 'step-started')
      output.progress(() => `  ▸ ${shown(event.name)}   ${event.index + 1} of ${event.total}`)
    else if (event.type === 'replaying')
      output.progress(`  replaying ${shown(event.name)} on the shadow   ${event.index + 1} of ${event.total}`)
    else if (event.type === 'verifying')
      output.progress(`  trying ${shown(event.name)} both ways   ${event.index + 1} of ${event.total}`)
    else if (event.type === 'backing-up' || event.type === 'restoring')
      output.progress(`  ${event.type === 'restoring' ? 'restoring' : 'backing up'}   ${bytesInWords(event.bytes)}`)
    else if (event.type === 'backed-up') for (const line of aheadLines(event)) output.say(line)
    else if (event.type === 'backup-not-needed') output.say('  no backup was needed: nothing that runs takes data away')
    else if (event.type === 'statement') this.#statement(event)
    else if (event.type === 'step-done') this.#done(event)
    else if (event.type === 'step-failed')
      output.say(
        this.#line(output.paint.red('✗'), event.name, [
          event.left === 'nothing' && event.direction === 'down' ? 'rolled back, still applied' : LEFT[event.left],
        ]),
      )
    else if (event.type === 'log') output.say(`    ${shown(event.name)}: ${event.message}`)
    else if (isSeedEvent(event)) this.#seeds.on(event)
    else if (event.type === 'recovery') output.say(`  … ${shown(event.name)}: ${event.message}`)
    else if (event.type === 'dropped') for (const object of event.objects) output.say(`  dropped ${object}`)
    else if (isWaitingEvent(event)) this.#waitingFor(event)
    else if (event.type === 'warning') output.tell(`${output.paintError.yellow('warning')} ${event.message}`)
    else output.detail(event.message)
  }

  // The next step waits for it: the line is made when it is written.
  #done({ name, direction, statements, durationMs }: Extract<RunEvent, { type: 'step-done' }>): void {
    const way = this.#direction(direction)
    this.#output.say(() => {
      const said = statements === 0 ? '' : count(statements, 'statement')
      return this.#line(this.#output.paint.green('✓'), name, [way, said, duration(durationMs)])
    })
  }

  // An up alone goes without saying; behind a way back it does not.
  #direction(direction: Direction): string {
    this.#undid ||= direction === 'down'
    return direction === 'down' ? 'undone ' : this.#undid ? 'applied' : ''
  }

  #statement(event: Extract<RunEvent, { type: 'statement' }>): void {
    if (event.index % SHOW_EVERY !== 0) return
    const of = event.total === null ? '' : ` of ${event.total}`
    this.#output.progress(() => `  ▸ ${shown(event.name)}   statement ${event.index + 1}${of}   ${event.tag}`)
  }

  #line(mark: string, name: string, cells: string[]): string {
    const [line] = columns([[shown(name).padEnd(this.#width), ...cells.filter((cell) => cell !== '')]])
    return `  ${mark} ${line}`
  }

  // Off a terminal it is said once, so that a log shows why nothing happens.
  #waiting(event: Extract<RunEvent, { type: 'waiting' }>): void {
    const text = `  … waiting for the lock: held by ${event.holder}; giving up in ${duration(event.givingUpInMs)}`
    this.#passing(text, !this.#waited)
    this.#waited = true
  }

  // Each retry meets the same sessions again: off a terminal they are said once.
  #waitingFor(event: WaitingEvent): void {
    const key = event.type === 'blocked' ? [event.name, ...event.by.map(({ pid }) => pid)].join() : undefined
    this.#passing(waitingLine(event), key === undefined || key !== this.#blockedBy)
    if (key !== undefined) this.#blockedBy = key
  }

  #passing(text: string, inLog: boolean): void {
    if (process.stderr.isTTY === true) this.#output.progress(text)
    else if (inLog && !this.#output.json && !this.#output.quiet) this.#output.tell(text)
  }
}

const LEFT = {
  nothing: 'undone, nothing of it is left',
  part: 'a part of it is done and stays',
  unknown: 'it is not known yet what is left of it',
} as const

function shown(name: string): string {
  return splitName(name).rest
}
