import type { ErrorCode } from '../errors.js'
import { canResume, type Direction, isWaiting, type MigrationStatus } from './migration.js'

/** What a caller asks for; at most one of `to`, `step`, `only`, `block`. Names are exact here: see `engine/find-name.ts`. */
export interface PlanRequest {
  direction: Direction
  /** Up: the last one to apply. Down: the last one to keep; everything applied after it is undone. */
  to?: string
  /** How many steps. Default: up all, down 1. */
  step?: number
  /** This one and no other. */
  only?: string
  /** Down: everything that is applied. */
  all?: boolean
  /** Down: all that one run applied, with the last one; just that one where the history does not say. */
  block?: boolean
  /** Applies migrations that sort before an applied one. */
  allowOutOfOrder?: boolean
  /** Goes on although applied migrations have no file. */
  allowMissing?: boolean
}

/** One migration in one direction. */
export interface PlannedStep {
  name: string
  direction: Direction
  /** It stopped in the middle, and goes on from there. */
  resumes?: true
}

/** Why a plan must not be run: each is an error code and the migrations it is about. */
export interface Refusal {
  code: Extract<
    ErrorCode,
    | 'GODWIT_EDITED'
    | 'GODWIT_MISSING'
    | 'GODWIT_OUT_OF_ORDER'
    | 'GODWIT_UNFINISHED'
    | 'GODWIT_UNFINISHED_UP'
    | 'GODWIT_UNFINISHED_DOWN'
    | 'GODWIT_UNFINISHED_MISSING'
    | 'GODWIT_NOT_APPLIED'
  >
  names: string[]
}

/** What a run will do, as a value. `refusals` empty: it may be run. */
export interface Plan {
  direction: Direction
  steps: PlannedStep[]
  refusals: Refusal[]
  /**
   * What will be pending before an applied one as somebody wanted it: for an up what it leaves out on request, for a down what was
   * left out so before it was applied.
   */
  passed: string[]
}

/**
 * Makes the plan. Pure: the same states and request give the same plan, and nothing is read or written.
 *
 * @param states in the one order, as `deriveStates` gives them
 * @param applied names in the order they were applied, which is the order that undoing turns around
 */
export function makePlan(states: readonly MigrationStatus[], applied: readonly string[], request: PlanRequest): Plan {
  return request.direction === 'up' ? planUp(states, request) : planDown(states, applied, request)
}

function planUp(states: readonly MigrationStatus[], request: PlanRequest): Plan {
  const waiting = states.filter((m) => isWaiting(m.state) || canResume(m, 'up'))
  let chosen = waiting
  if (request.only !== undefined) chosen = waiting.filter((m) => m.name === request.only)
  else if (request.to !== undefined) chosen = waiting.slice(0, indexOf(waiting, states, request.to) + 1)
  else if (request.step !== undefined) chosen = waiting.slice(0, request.step)
  const last = chosen.at(-1)
  const passed =
    request.only === undefined || last === undefined
      ? []
      : waiting.slice(0, waiting.indexOf(last)).filter((m) => !chosen.includes(m))
  const refusals = [
    ...refuseUnfinished(states, chosen),
    refuse(
      'GODWIT_EDITED',
      states.filter((m) => m.state === 'edited'),
    ),
    refuse('GODWIT_MISSING', request.allowMissing ? [] : states.filter((m) => m.state === 'missing')),
    refuse('GODWIT_OUT_OF_ORDER', request.allowOutOfOrder ? [] : chosen.filter((m) => m.state === 'out-of-order')),
  ].flat()
  return {
    direction: 'up',
    steps: chosen.map((m) => step(m, 'up')),
    refusals,
    passed: passed.map((m) => m.name),
  }
}

function planDown(states: readonly MigrationStatus[], applied: readonly string[], request: PlanRequest): Plan {
  const byName = new Map(states.map((m) => [m.name, m]))
  const begun = states.filter((m) => canResume(m, 'down')).map((m) => m.name)
  const undoable = applied.filter((name) => byName.get(name)?.state !== 'failed')
  // What was begun is finished first.
  const newestFirst = [...begun, ...undoable.reverse()]
  let names: string[]
  const refusals: Refusal[] = []
  if (request.only !== undefined) {
    names = newestFirst.filter((name) => name === request.only)
    if (names.length === 0) refusals.push({ code: 'GODWIT_NOT_APPLIED', names: [request.only] })
  } else if (request.to !== undefined) {
    const keep = newestFirst.indexOf(request.to)
    names = newestFirst.slice(0, Math.max(keep, 0))
    if (keep < 0) refusals.push({ code: 'GODWIT_NOT_APPLIED', names: [request.to] })
  } else names = request.all ? newestFirst : newestFirst.slice(0, request.step ?? 1)
  const chosen = names.flatMap((name) => byName.get(name) ?? [])
  refusals.push(
    ...refuseUnfinished(states, chosen).flat(),
    ...refuse(
      'GODWIT_MISSING',
      chosen.filter((m) => m.state === 'missing'),
    ),
  )
  return {
    direction: 'down',
    steps: chosen.map((m) => step(m, 'down')),
    refusals,
    passed: chosen.filter((m) => wasPassed(m, states, applied, names)).map((m) => m.name),
  }
}

// It was applied behind one that sorts after it and stays: before that it was pending and passed over, and so it is again.
function wasPassed(
  migration: MigrationStatus,
  states: readonly MigrationStatus[],
  applied: readonly string[],
  undone: readonly string[],
): boolean {
  const after = states.slice(states.indexOf(migration) + 1).map((m) => m.name)
  const before = applied.slice(0, applied.indexOf(migration.name))
  return before.some((name) => after.includes(name) && !undone.includes(name))
}

function step(migration: MigrationStatus, direction: Direction): PlannedStep {
  const { name } = migration
  return canResume(migration, direction) ? { name, direction, resumes: true } : { name, direction }
}

// What was begun must be finished before anything else is: by this plan, or by another command.
function refuseUnfinished(states: readonly MigrationStatus[], chosen: readonly MigrationStatus[]): Refusal[][] {
  const failed = states.filter((m) => m.state === 'failed' && !chosen.includes(m))
  const known = failed.filter((m) => m.open?.checkpoint !== undefined)
  return [
    refuse(
      'GODWIT_UNFINISHED',
      failed.filter((m) => !known.includes(m)),
    ),
    refuse(
      'GODWIT_UNFINISHED_MISSING',
      known.filter((m) => m.file === null),
    ),
    refuse(
      'GODWIT_UNFINISHED_UP',
      known.filter((m) => canResume(m, 'up')),
    ),
    refuse(
      'GODWIT_UNFINISHED_DOWN',
      known.filter((m) => canResume(m, 'down')),
    ),
  ]
}

// `--to` may name an applied migration: then what is pending before it in the order is chosen.
function indexOf(waiting: readonly MigrationStatus[], states: readonly MigrationStatus[], name: string): number {
  const end = states.findIndex((m) => m.name === name)
  return waiting.filter((m) => states.indexOf(m) <= end).length - 1
}

function refuse(code: Refusal['code'], about: readonly MigrationStatus[]): Refusal[] {
  return about.length === 0 ? [] : [{ code, names: about.map((m) => m.name) }]
}
