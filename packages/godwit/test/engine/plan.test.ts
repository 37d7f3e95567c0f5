import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MigrationStatus, State } from '../../src/engine/migration.js'
import { compareBytes } from '../../src/engine/order.js'
import { makePlan, type PlanRequest } from '../../src/engine/plan.js'
import { appliedIn, asked, healthy, type Situation, situation, statesOf } from './arbitraries.js'

const plan = (given: Situation, request: PlanRequest) => makePlan(statesOf(given), appliedIn(given), request)
const namesOf = (steps: readonly { name: string }[]) => steps.map((step) => step.name)
const waitingIn = (given: Situation) =>
  namesOf(statesOf(given).filter((m) => m.state === 'pending' || m.state === 'out-of-order'))

describe.each(['up', 'down'] as const)('%s', (direction) => {
  test('is pure: the same input gives the same plan and is not changed', () => {
    fc.assert(
      fc.property(asked(direction), ([given, request]) => {
        const states = deepFreeze(statesOf(given))
        const applied = deepFreeze(appliedIn(given))
        deepFreeze(request)
        expect(makePlan(states, applied, request)).toEqual(makePlan(states, applied, request))
      }),
    )
  })

  test('plans nothing twice, and only what can go in that direction', () => {
    fc.assert(
      fc.property(asked(direction), ([given, request]) => {
        const { steps } = plan(given, request)
        expect(new Set(namesOf(steps)).size).toBe(steps.length)
        expect(steps.every((step) => step.direction === direction)).toBe(true)
        const may = new Set(direction === 'up' ? waitingIn(given) : appliedIn(given))
        for (const { name } of steps) expect(may).toContain(name)
      }),
    )
  })
})

describe('up', () => {
  test('takes every waiting one, in the order of the bytes', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { steps } = plan(given, { direction: 'up' })
        expect(namesOf(steps)).toEqual(waitingIn(given).sort(compareBytes))
      }),
    )
  })

  test('--to takes every waiting one up to and with it, and none behind', () => {
    fc.assert(
      fc.property(asked('up'), ([given, request]) => {
        const { to } = request
        fc.pre(to !== undefined && to !== 'nobody')
        const expected = waitingIn(given).filter((name) => compareBytes(name, to as string) <= 0)
        expect(namesOf(plan(given, request).steps)).toEqual(expected)
      }),
    )
  })

  test('--step n takes the first n of what up takes', () => {
    fc.assert(
      fc.property(situation, fc.nat({ max: 15 }), (given, step) => {
        const all = plan(given, { direction: 'up' }).steps
        expect(plan(given, { direction: 'up', step }).steps).toEqual(all.slice(0, step))
      }),
    )
  })

  test('--only takes that one; what it passes stays pending, and is no longer out of order behind it', () => {
    fc.assert(
      fc.property(
        healthy.filter((given) => waitingIn(given).length > 0),
        fc.nat(),
        (given, pick) => {
          const waiting = waitingIn(given)
          const only = waiting[pick % waiting.length] as string
          const made = plan(given, { direction: 'up', only, allowOutOfOrder: true })
          expect(namesOf(made.steps)).toEqual([only])
          expect(made.passed).toEqual(waiting.slice(0, waiting.indexOf(only)))
          const after = statesOf(applying(given, [only], made.passed))
          for (const name of made.passed) expect(after.find((m) => m.name === name)?.state).toBe('pending')
        },
      ),
    )
  })

  test('refuses for exactly the reasons that the states give', () => {
    fc.assert(
      fc.property(asked('up'), ([given, request]) => {
        const { steps, refusals } = plan(given, request)
        const states = statesOf(given)
        const inState = (state: State) => namesOf(states.filter((m) => m.state === state))
        const chosen = new Set(namesOf(steps))
        const expected = [
          ['GODWIT_UNFINISHED', inState('failed')],
          ['GODWIT_EDITED', inState('edited')],
          ['GODWIT_MISSING', request.allowMissing ? [] : inState('missing')],
          ['GODWIT_OUT_OF_ORDER', request.allowOutOfOrder ? [] : inState('out-of-order').filter((n) => chosen.has(n))],
        ] as const
        const wanted = expected.filter(([, names]) => names.length > 0).map(([code, names]) => ({ code, names }))
        expect(refusals).toEqual(wanted)
      }),
    )
  })

  test('after it ran, nothing is left to do', () => {
    fc.assert(
      fc.property(healthy, (given) => {
        const { steps } = plan(given, { direction: 'up', allowOutOfOrder: true })
        const after = applying(given, namesOf(steps))
        expect(plan(after, { direction: 'up' })).toMatchObject({ steps: [], refusals: [] })
        expect(statesOf(after).every((m) => m.state === 'applied')).toBe(true)
      }),
    )
  })
})

describe('down', () => {
  test('everything is the order of application turned around', () => {
    fc.assert(
      fc.property(healthy, (given) => {
        const { steps } = plan(given, { direction: 'down', all: true })
        expect(namesOf(steps)).toEqual(appliedIn(given).reverse())
      }),
    )
  })

  test('takes the last applied one, or the last n', () => {
    fc.assert(
      fc.property(healthy, fc.nat({ max: 15 }), (given, step) => {
        const newest = appliedIn(given).reverse()
        expect(namesOf(plan(given, { direction: 'down' }).steps)).toEqual(newest.slice(0, 1))
        expect(namesOf(plan(given, { direction: 'down', step }).steps)).toEqual(newest.slice(0, step))
      }),
    )
  })

  test('--to keeps that one and undoes all that was applied behind it', () => {
    fc.assert(
      fc.property(
        healthy.filter((given) => given.look.rows.length > 0),
        fc.nat(),
        (given, pick) => {
          const applied = appliedIn(given)
          const to = applied[pick % applied.length] as string
          const made = plan(given, { direction: 'down', to })
          expect(namesOf(made.steps)).toEqual(applied.slice(applied.indexOf(to) + 1).reverse())
          expect(made.refusals).toEqual([])
        },
      ),
    )
  })

  test('refuses what is not applied, what has no file, and while one is unfinished', () => {
    fc.assert(
      fc.property(asked('down'), ([given, request]) => {
        const { steps, refusals } = plan(given, request)
        const states = new Map(statesOf(given).map((m) => [m.name, m.state]))
        const about = new Map(refusals.map((refusal) => [refusal.code, refusal.names]))
        const named = request.only ?? request.to
        const undoable = (name: string) => appliedIn(given).includes(name) && states.get(name) !== 'failed'
        expect(about.get('GODWIT_NOT_APPLIED')).toEqual(named === undefined || undoable(named) ? undefined : [named])
        const missing = namesOf(steps).filter((name) => states.get(name) === 'missing')
        expect(about.get('GODWIT_MISSING')).toEqual(missing.length === 0 ? undefined : missing)
        expect(about.has('GODWIT_UNFINISHED')).toBe([...states.values()].includes('failed'))
      }),
    )
  })

  test('and up again come to where it was', () => {
    fc.assert(
      fc.property(healthy, fc.nat({ max: 12 }), (given, step) => {
        const undone = namesOf(plan(given, { direction: 'down', step }).steps)
        const rows = given.look.rows.filter((row) => !undone.includes(row.name))
        const after = { ...given, look: { ...given.look, rows } }
        const again = namesOf(plan(after, { direction: 'up' }).steps)
        expect(again.filter((name) => !waitingIn(given).includes(name)).sort()).toEqual([...undone].sort())
      }),
    )
  })
})

function applying(given: Situation, names: readonly string[], passed: readonly string[] = []): Situation {
  const rows = names.map((name) => {
    const row: Situation['look']['rows'][number] = {
      name,
      appliedAt: new Date(0),
      outcome: 'applied',
      checksum: null,
      hash: `sql:${name}`,
      by: null,
      durationMs: null,
    }
    return row
  })
  const { look } = given
  return { ...given, look: { ...look, rows: [...look.rows, ...rows], passed: [...look.passed, ...passed] } }
}

function deepFreeze<T extends object>(value: T): T {
  for (const each of Object.values(value)) if (typeof each === 'object' && each !== null) deepFreeze(each)
  return Object.freeze(value)
}

test('up --to an applied one takes only what waits before it', () => {
  const states: MigrationStatus[] = (['applied', 'pending'] as const).map((state, i) => {
    return { name: `m${i}`, state, appliedAt: null, file: `/m${i}`, by: null, durationMs: null }
  })
  expect(namesOf(makePlan(states, ['m0'], { direction: 'up', to: 'm0' }).steps)).toEqual([])
  expect(namesOf(makePlan(states, ['m0'], { direction: 'up', to: 'm1' }).steps)).toEqual(['m1'])
})
