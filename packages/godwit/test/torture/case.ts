import { setTimeout as sleep } from 'node:timers/promises'
import { isGodwitError, type RunReport } from '../../src/index.js'
import { differences } from './catalogue.js'
import { type Cut, cutToText } from './cut.js'
import type { Found, Ground, Grounds } from './ground.js'
import { TortureProject } from './project.js'
import { openCuttingProxy } from './proxy.js'
import type { Scenario } from './scenarios.js'

const RUNS = 3
// No measure of speed: what takes so long hangs.
const HANGS_AFTER_MS = 120_000

/** What cases of one scenario share. */
export interface Site {
  name: string
  scenario: Scenario
  grounds: Grounds
  /** What an uninterrupted run leaves. */
  expected: Found
}

/** How a case went. */
export interface CaseOutcome {
  /** What `--case` takes. */
  id: string
  /** The run came as far as the place of the cut. */
  cut: boolean
  /** How it ended: by running what was pending, by going on behind a checkpoint, or by a person's `resolve`. */
  end: 'up' | 'resumed' | 'by hand'
  /** What does not hold; empty when all is well. */
  problems: string[]
}

/** Runs one case: an empty database, an `up` that is cut, `up` again until it is done, and what is there then. */
export async function runCase(site: Site, cut: Cut): Promise<CaseOutcome> {
  const outcome: CaseOutcome = { id: `${site.name}@${cutToText(cut)}`, cut: false, end: 'up', problems: [] }
  const ground = await site.grounds.take()
  const hangs = sleep(HANGS_AFTER_MS, 'hangs', { ref: false })
  try {
    const ended = await Promise.race([torment(site, cut, ground, outcome), hangs])
    if (ended === 'hangs') outcome.problems.push(`it has not ended after ${HANGS_AFTER_MS / 1_000} s`)
  } catch (error) {
    outcome.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  if (outcome.problems.length === 0) await site.grounds.giveBack(ground)
  return outcome
}

async function torment(site: Site, cut: Cut, ground: Ground, outcome: CaseOutcome): Promise<void> {
  const { scenario } = site
  // Two runners are two processes, which share no module of the project's.
  const cutOff = new TortureProject(scenario.files)
  const next = new TortureProject(scenario.files)
  let kill = () => {}
  const proxy = await openCuttingProxy(ground.url, cut, () => kill())
  try {
    let first: Promise<RunReport | undefined>
    if (cut.fate === 'killed') {
      const { child, ended } = cutOff.start(proxy.url)
      kill = () => void child.kill('SIGKILL')
      first = ended.then(() => undefined)
    } else {
      first = upThrough(cutOff, proxy.url, outcome)
    }
    await Promise.race([first, proxy.cut])
    if (cut.fate === 'lost' || cut.fate === 'killed') {
      const report = await first
      if (report !== undefined) outcome.problems.push(...untrue(report, await ground.history(scenario)))
    }
    await finish(site, next, ground, outcome)
    proxy.letBack()
    await first
    // Whoever came back late has changed nothing, or what it left goes on.
    if (cut.fate === 'raced' || cut.fate === 'away') await finish(site, next, ground, outcome)
    outcome.cut = proxy.wasCut()
    judge(site, await ground.look(scenario), outcome)
  } finally {
    await proxy.close()
    cutOff.remove()
    next.remove()
  }
}

// A lost connection may end a run in any coded way; what is no GodwitError is a bug.
async function upThrough(project: TortureProject, url: string, { problems }: CaseOutcome) {
  try {
    const report = await (await project.open(url)).up()
    if (report.error?.code === 'GODWIT_BUG') problems.push(`the cut run: ${report.error.message}`)
    return report
  } catch (error) {
    if (!isGodwitError(error) || error.code === 'GODWIT_BUG') problems.push(`the cut run: ${String(error)}`)
    return undefined
  }
}

// What a report says of its steps holds in the history.
function untrue({ steps, error }: RunReport, history: readonly string[]): string[] {
  return steps.flatMap(({ name, outcome }) => {
    const applied = history.includes(name)
    if (outcome !== 'failed') return applied ? [] : [`said to be ${outcome}, and not in the history: ${name}`]
    return applied && error?.details.left === 'nothing' ? [`said to be undone, and in the history: ${name}`] : []
  })
}

async function finish(
  { scenario }: Site,
  project: TortureProject,
  ground: Ground,
  outcome: CaseOutcome,
): Promise<void> {
  let last = ''
  for (let run = 0; run < RUNS; run++) {
    try {
      const { error, steps } = await (await project.open(ground.url)).up()
      if (steps.some((step) => step.outcome === 'resumed')) outcome.end = 'resumed'
      if (error === undefined) return
      throw error
    } catch (error) {
      last = String(error)
      const unfinished = isGodwitError(error) && error.code === 'GODWIT_UNFINISHED'
      if (unfinished && scenario.byHand !== undefined) await byHand(scenario, project, ground, outcome)
      // Nothing is in its way: the first one must do.
      else outcome.problems.push(`run ${run + 1} behind the cut: ${last}`)
    }
  }
  outcome.problems.push(`not done after ${RUNS} runs: ${last}`)
}

// As a person does it: looks what is there, takes the rest of it away, says which.
async function byHand(
  scenario: Scenario,
  project: TortureProject,
  ground: Ground,
  outcome: CaseOutcome,
): Promise<void> {
  const { name, complete, repair } = scenario.byHand as NonNullable<Scenario['byHand']>
  const whole = (await ground.query(complete)).length > 0
  if (!whole) await ground.query(repair)
  await (await project.open(ground.url)).resolve(name, whole ? 'applied' : 'rolled-back')
  outcome.end = 'by hand'
}

function judge({ expected }: Site, found: Found, { problems }: CaseOutcome): void {
  const doubled = [...found.history, ...found.catalogue.filter((line) => line.startsWith('row effects'))]
  for (const line of new Set(doubled)) {
    if (doubled.filter((other) => other === line).length > 1) problems.push(`twice: ${line}`)
  }
  problems.push(...differences(expected.history, found.history).map((line) => `history ${line}`))
  problems.push(...differences(expected.catalogue, found.catalogue))
  problems.push(...found.open.map((name) => `still open in the journal: ${name}`))
}
