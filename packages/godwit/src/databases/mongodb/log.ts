import type { LoggedRun, LoggedStep, LogQuery } from '../../engine/log.js'
import { leaseHolder } from './lease.js'
import type { RunDocument, StepDocument } from './records.js'
import type { MongoSession } from './session.js'

/** Reads the newest runs out of the journal; a run whose steps are all about another history is left out. Read-only. */
export async function readLog(session: MongoSession, { limit, pick }: LogQuery): Promise<LoggedRun[]> {
  const { records, history } = session
  const steps = await records.steps.find({ history: history.name }, { sort: { _id: 1 } }).toArray()
  const name = pick?.([...new Set(steps.map((step) => step.name))])
  const wanted = name === undefined ? steps : steps.filter((step) => step.name === name)
  const mine = new Set(wanted.map((step) => step.run))
  const foreign = new Set((await records.steps.distinct('run')).filter((run) => !mine.has(Number(run))))
  const runs = await records.runs.find({}, { sort: { _id: -1 } }).toArray()
  // A run that never came to a step says nothing of a history: it may be ours.
  const shown = runs.filter((run) => mine.has(run._id) || (name === undefined && !foreign.has(run._id))).slice(0, limit)
  const holder = shown.some((run) => run.outcome === null) ? await leaseHolder(records, 0) : undefined
  return shown.map((run) =>
    toRun(
      run,
      wanted.filter((step) => step.run === run._id),
      holder?.fence === run._id,
    ),
  )
}

function toRun(run: RunDocument, steps: readonly StepDocument[], atWork: boolean): LoggedRun {
  return {
    id: String(run._id),
    command: run.command,
    version: run.version,
    by: `${run.osUser}@${run.host}`,
    pid: run.pid,
    dbUser: '',
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    durationMs: lasted(run),
    outcome: run.outcome ?? (atWork ? 'running' : 'unfinished'),
    steps: steps.map(toStep),
  }
}

function toStep(step: StepDocument): LoggedStep {
  const { name, direction, outcome, mode, error, startedAt, finishedAt } = step
  const ran = outcome === 'done' || outcome === 'failed'
  const durationMs = ran ? lasted(step) : null
  return { name, direction, outcome, mode, done: 0, statements: [], error, startedAt, finishedAt, durationMs }
}

function lasted({ startedAt, finishedAt }: { startedAt: Date; finishedAt: Date | null }): number | null {
  return finishedAt === null ? null : Math.max(0, finishedAt.getTime() - startedAt.getTime())
}
