import { describe, expect, test } from 'vitest'
import type { HistoryRow, MigrationFile, OpenStep } from '../../src/engine/migration.js'
import { makePlan, type PlanRequest } from '../../src/engine/plan.js'
import { deriveStates } from '../../src/engine/states.js'

const checkpoint = { mode: 'none', hash: null, statements: [{ hash: 'x' }] }

describe('up', () => {
  const begun = [open('2_b')]

  test('goes on with what stopped, in its place', () => {
    const plan = planOf(['1_a', '2_b', '3_c'], [], begun, { direction: 'up' })
    expect(plan.steps).toEqual([
      { name: '1_a', direction: 'up' },
      { name: '2_b', direction: 'up', resumes: true },
      { name: '3_c', direction: 'up' },
    ])
    expect(plan.refusals).toEqual([])
  })

  test.each([{ only: '1_a' }, { to: '1_a' }, { step: 1 }, { step: 0 }])('but not past it: %j', (request) => {
    const plan = planOf(['1_a', '2_b'], [], begun, { direction: 'up', ...request })
    expect(plan.refusals).toEqual([{ code: 'GODWIT_UNFINISHED_UP', names: ['2_b'] }])
  })

  test.each([
    ['a way back', [open('2_b', { direction: 'down' })], ['2_b'], 'GODWIT_UNFINISHED_DOWN'],
    ['what nothing is known of', [open('2_b', { known: false })], [], 'GODWIT_UNFINISHED'],
    ['what has no file', [open('9_x')], [], 'GODWIT_UNFINISHED_MISSING'],
  ])('%s is refused', (_, steps, applied, code) => {
    const plan = planOf(['1_a', '2_b'], applied, steps, { direction: 'up', allowOutOfOrder: true })
    expect(plan.refusals).toEqual([{ code, names: [steps[0]?.name] }])
    expect(plan.steps.every((step) => step.resumes === undefined)).toBe(true)
  })

  test('a step that the history says is finished is not gone on with', () => {
    expect(planOf(['1_a', '2_b'], ['2_b'], begun, { direction: 'up', allowOutOfOrder: true })).toMatchObject({
      steps: [{ name: '1_a' }],
      refusals: [],
    })
  })
})

describe('down', () => {
  const begun = [open('1_a', { direction: 'down' })]

  test('finishes first what was begun', () => {
    const request = { direction: 'down' } as const
    expect(planOf(['1_a', '2_b'], ['1_a', '2_b'], begun, request)).toMatchObject({
      steps: [{ name: '1_a', direction: 'down', resumes: true }],
      refusals: [],
    })
    expect(planOf(['1_a', '2_b'], ['1_a', '2_b'], begun, { ...request, all: true }).steps).toEqual([
      { name: '1_a', direction: 'down', resumes: true },
      { name: '2_b', direction: 'down' },
    ])
  })

  test('nothing else, and no way up', () => {
    const only = planOf(['1_a', '2_b'], ['1_a', '2_b'], begun, { direction: 'down', only: '2_b' })
    expect(only.refusals).toEqual([{ code: 'GODWIT_UNFINISHED_DOWN', names: ['1_a'] }])
    const up = planOf(['1_a', '2_b'], ['1_a'], [open('2_b')], { direction: 'down' })
    expect(up.refusals).toEqual([{ code: 'GODWIT_UNFINISHED_UP', names: ['2_b'] }])
  })
})

function planOf(names: string[], applied: string[], begun: OpenStep[], request: PlanRequest) {
  const rows = applied.map(row)
  const states = deriveStates(names.map(file), { rows, open: begun, passed: [] }, (name) => name)
  return makePlan(states, applied, request)
}

function open(name: string, { direction = 'up' as 'up' | 'down', known = true } = {}): OpenStep {
  const step = { name, direction, done: 0, error: null, startedAt: new Date(0) }
  return known ? { ...step, checkpoint } : step
}

function file(name: string): MigrationFile {
  return { name, file: `/${name}.sql`, sortKey: name, hash: `sql:${name}`, reversible: true }
}

function row(name: string): HistoryRow {
  const base = { name, appliedAt: new Date(0), outcome: 'applied' as const, checksum: null }
  return { ...base, hash: `sql:${name}`, by: null, durationMs: null }
}
