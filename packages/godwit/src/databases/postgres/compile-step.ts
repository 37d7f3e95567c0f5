import { GodwitError } from '../../errors.js'
import type { Body } from '../../formats/contract.js'
import type { CompiledStep, LoadedStep, StepOptions, StepOutcome } from '../contract.js'
import { UserCode } from '../grace.js'
import { type CompiledScript, prepareScript } from './compile.js'
import { describeCollected, describeFunction, describeScript } from './describe.js'
import { needsDirect, whyDirect } from './needs-direct.js'
import { knownQueries, readyQueries } from './ready-queries.js'
import { MessageAhead, readyStep, sendStep } from './ready-step.js'
import { checkResumable } from './recover/check.js'
import { runnerOf } from './recover/runner.js'
import { runApart } from './run-apart.js'
import { type KnownStatements, runCollected } from './run-collected.js'
import { runFunction, runKnownQueries } from './run-function.js'
import { runAsOne } from './run-one.js'
import { runOneElseSplit } from './run-split.js'
import type { AttemptOptions } from './waiting/attempt.js'
import type { WorkingSession } from './working-session.js'

/** Where a step is run. */
export interface StepHost {
  /** As it is when the step runs: a lost connection is replaced. */
  session: () => WorkingSession
  /** Runs an attempt, again where it may be tried again, and finds out what became of it when the connection was lost. */
  run: (
    options: StepOptions,
    mayRetry: () => boolean,
    work: (options: AttemptOptions) => Promise<StepOutcome>,
  ) => Promise<StepOutcome>
}

type BodyOf<Kind extends Body['kind']> = Extract<Body, { kind: Kind }>

/**
 * Looks into a step: how it will be run, and what is known to be impossible.
 *
 * @throws GodwitError for what its file gets wrong, what cannot be gone on with, and what needs a session that is not there
 */
export async function compileStep(step: LoadedStep, host: StepHost): Promise<CompiledStep> {
  const { body } = step
  if (body.kind === 'function') return compileFunction(step, body, host)
  if (body.kind === 'collected') return compileCollectedStep(step, body, host)
  if (body.kind === 'documents') throw new GodwitError('GODWIT_BUG', { what: 'documents on PostgreSQL' })
  const { compiled } = await prepareScript(body.script, step.name, body.transaction)
  const { resume } = step
  if (resume !== undefined) checkResumable(step, resume, await compiled())
  if (host.session().pooled) refuseWithoutSession(step, await compiled())
  const runners = { one: runAsOne, none: runApart, own: runApart, 'one, else split': runOneElseSplit }
  const ahead = new MessageAhead()
  const work = async (options: AttemptOptions): Promise<StepOutcome> => {
    const known = await compiled()
    const sent = ahead.take()
    if (sent !== undefined) return runAsOne(host.session(), step, known, options, { sent })
    const runner = resume === undefined ? runners[known.mode] : runnerOf(resume, known)
    return runner(host.session(), step, known, options)
  }
  return {
    step,
    warmUp: () => {
      const made = (known: CompiledScript) =>
        resume === undefined ? readyStep(host.session(), step, known) : undefined
      ahead.prepare(compiled().then(made))
    },
    describe: async () => describeScript(step, await compiled(), 'sql'),
    run: (options) => {
      // What surrounds a step is set up while the server is at work on it.
      ahead.send(host.session(), options)
      return host.run(options, () => true, work)
    },
  }
}

function compileFunction(step: LoadedStep, body: BodyOf<'function'>, host: StepHost): CompiledStep {
  // What was begun as a script is a function now.
  if (step.resume !== undefined) throw new GodwitError('GODWIT_UNFINISHED', { names: [step.name] })
  if (host.session().pooled && !body.transaction) throw needsDirect(step, 'runs without a transaction')
  const code = new UserCode()
  const watched = { ...body, run: code.watched(body.run) }
  const known = knownQueries(step, body)
  const ahead = new MessageAhead()
  const ready = async () => readyQueries(host.session(), step, await known())
  const work = async (options: AttemptOptions): Promise<StepOutcome> => {
    // What cannot be read is told when the function is called.
    const sent = ahead.take() ?? sendStep(await ready().catch(() => undefined), host.session(), options)
    const usual = () => runFunction(host.session(), step, watched, options)
    if (sent === undefined) return usual()
    // A stop waits for it as for a function that is at work.
    return code.watched(runKnownQueries)(host.session(), step, watched, options, sent, usual)
  }
  return {
    step,
    inFunction: () => code.running,
    get inTransaction() {
      return body.transaction && !ahead.isReady
    },
    warmUp: () => ahead.prepare(ready()),
    describe: async () => describeFunction(step, body.transaction),
    run: (options) => {
      ahead.send(host.session(), options)
      return host.run(options, () => body.retry === true, work)
    },
  }
}

function compileCollectedStep(step: LoadedStep, body: BodyOf<'collected'>, host: StepHost): CompiledStep {
  const known: KnownStatements = {}
  const code = new UserCode()
  const watched = { ...body, collect: code.watched(body.collect) }
  return {
    step,
    inFunction: () => code.running,
    describe: () => describeCollected(host.session(), step, body.collect),
    run: (options) =>
      host.run(
        options,
        () => body.retry === true || known.compiled !== undefined,
        (attempt) => runCollected(host.session(), step, watched, attempt, known),
      ),
  }
}

// What is not one transaction needs the same session from its first statement to its last.
function refuseWithoutSession(step: LoadedStep, compiled: CompiledScript): void {
  const why = whyDirect(compiled)
  if (why !== undefined) throw needsDirect(step, why)
  if (step.resume !== undefined && runnerOf(step.resume, compiled) === runApart)
    throw needsDirect(step, 'was begun outside of one transaction')
}
