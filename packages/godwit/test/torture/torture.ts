import { expect, inject, test } from 'vitest'
import { type CaseOutcome, runCase, type Site } from './case.js'
import { type Cut, chooseCuts, cutFromText, type Exchange, type Fate } from './cut.js'
import { Grounds } from './ground.js'
import { TortureProject } from './project.js'
import { openCuttingProxy } from './proxy.js'
import { hashOf, randomFrom } from './random.js'
import { type Scenario, scenarios } from './scenarios.js'

const { TORTURE_CUTS, TORTURE_SEED, TORTURE_CASE } = process.env
const SEED = Number(TORTURE_SEED ?? 1)
const AT_ONCE = 4

/** How many cuts there are in all, by losing the connection and by SIGKILL. */
const all = Number(TORTURE_CUTS ?? 340)
const kills = Math.max(20, Math.round(all / 17))
const cutsEach = Math.ceil((all - kills) / scenarios.size)
const killsEach = Math.ceil(kills / scenarios.size)

/** Tests that lose the connection of every scenario of these; with `--case` only the one it names. */
export function torture(chosen: (scenario: Scenario) => boolean): void {
  register(chosen, cutsEach, ['lost', 'raced', 'away'])
}

/** Tests that kill real processes, over all scenarios. */
export function killing(): void {
  register(() => true, killsEach, ['killed'])
}

function register(chosen: (scenario: Scenario) => boolean, count: number, fates: readonly Fate[]): void {
  const [only, at] = TORTURE_CASE?.split('@') ?? []
  if (only !== undefined && !scenarios.has(only)) throw new Error(`no such case: ${TORTURE_CASE}`)
  for (const [name, scenario] of scenarios) {
    if (!chosen(scenario)) continue
    const cut = at === undefined ? undefined : cutFromText(at)
    const title = cut === undefined ? `${name}: ${count} cuts, ${fates.join(', ')}, seed ${SEED}` : `${name}: ${at}`
    const skipped = cut !== undefined && (only !== name || !fates.includes(cut.fate))
    test.skipIf(skipped)(title, { timeout: 0 }, () => tortureOne(name, scenario, count, fates, cut))
  }
}

async function tortureOne(name: string, scenario: Scenario, count: number, fates: readonly Fate[], only?: Cut) {
  const grounds = await Grounds.open(inject('servers').pg18)
  const project = new TortureProject(scenario.files)
  try {
    const { exchanges, stepsFrom, found } = await uninterrupted(scenario, project, grounds)
    const random = randomFrom(SEED ^ hashOf(`${name} ${fates[0]}`))
    const cuts = only === undefined ? chooseCuts(exchanges, stepsFrom, count, fates, random) : [only]
    const site: Site = { name, scenario, grounds, expected: found }
    const outcomes = await inTurns(cuts, (cut) => runCase(site, cut))
    report(name, outcomes)
    expect(outcomes.filter(({ problems }) => problems.length > 0).map(toText)).toEqual([])
    // A cut that the run did not come to shows nothing.
    expect(outcomes.filter((outcome) => outcome.cut).length).toBeGreaterThan(outcomes.length * 0.8)
  } finally {
    project.remove()
    await grounds.close()
  }
}

// What the run says when nothing is lost, and what it leaves.
async function uninterrupted(scenario: Scenario, project: TortureProject, grounds: Grounds) {
  const ground = await grounds.take()
  const proxy = await openCuttingProxy(ground.url)
  try {
    let stepsFrom = 0
    const opened = await project.open(proxy.url, (event) => {
      if (event.type === 'planned') stepsFrom = proxy.exchanges.length
    })
    const { error, steps } = await opened.up()
    if (error !== undefined) throw error
    expect(steps).toHaveLength(3)
    const exchanges: Exchange[] = proxy.exchanges.map((each) => ({ ...each }))
    return { exchanges, stepsFrom, found: await ground.look(scenario) }
  } finally {
    await proxy.close()
    await grounds.giveBack(ground)
  }
}

async function inTurns<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = []
  const due = [...items]
  const turns = Array.from({ length: AT_ONCE }, async () => {
    for (let item = due.shift(); item !== undefined; item = due.shift()) results.push(await work(item))
  })
  await Promise.all(turns)
  return results
}

function report(name: string, outcomes: readonly CaseOutcome[]): void {
  if (TORTURE_CUTS === undefined && TORTURE_CASE === undefined) return
  const counted = (end: CaseOutcome['end']) => outcomes.filter((outcome) => outcome.end === end).length
  const cut = outcomes.filter((outcome) => outcome.cut).length
  const failed = outcomes.filter(({ problems }) => problems.length > 0).length
  console.log(
    `${name}: ${cut} cut, ${counted('up')} ended by up, ${counted('resumed')} resumed, ${counted('by hand')} by hand, ${failed} failed`,
  )
}

function toText({ id, problems }: CaseOutcome): string {
  return `${problems.join('\n')}\nrepeat it: npm run torture -- --case ${id}`
}
