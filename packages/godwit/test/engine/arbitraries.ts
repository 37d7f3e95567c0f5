import fc from 'fast-check'
import type { HistoryRow, Look, MigrationFile } from '../../src/engine/migration.js'
import type { PlanRequest } from '../../src/engine/plan.js'
import { deriveStates } from '../../src/engine/states.js'

/** Files and history as they may lie side by side, with what every test derives of them. */
export interface Situation {
  files: MigrationFile[]
  look: Look
}

/** Names with what makes orders disagree: astral characters, private use, accents, digits of different length. */
export const name = fc
  .array(
    fc.constantFrom('a', 'b', 'Z', '0', '1', '10', '_', ' ', "'", '.sql', 'é', 'e\u0301', '\ue000', '\uffee', '😀'),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''))

type Fate = 'pending' | 'applied' | 'edited' | 'missing' | 'failed' | 'failed-row' | 'adopted' | 'passed'
const fates: readonly Fate[] = ['pending', 'applied', 'edited', 'missing', 'failed', 'failed-row', 'adopted', 'passed']

interface Draft {
  name: string
  fate: Fate
}

/** Any mixture of migrations. */
export const situation: fc.Arbitrary<Situation> = drafts(fates).map(toSituation)

/** Only what a healthy project holds: applied and pending ones, in any order of application. */
export const healthy: fc.Arbitrary<Situation> = drafts(['pending', 'applied', 'adopted']).map(toSituation)

function drafts(from: readonly Fate[]): fc.Arbitrary<Draft[]> {
  return fc.uniqueArray(fc.record({ name, fate: fc.constantFrom(...from) }), {
    selector: (draft) => draft.name,
    maxLength: 12,
  })
}

function toSituation(all: Draft[]): Situation {
  const of = (...wanted: Fate[]) => all.filter((draft) => wanted.includes(draft.fate))
  return {
    files: all.filter((draft) => draft.fate !== 'missing').map(toFile),
    look: {
      rows: of('applied', 'edited', 'missing', 'failed-row', 'adopted').map(toRow),
      open: of('failed').map((draft) => {
        return { name: draft.name, direction: 'up', done: 1, error: null, startedAt: new Date(0) }
      }),
      passed: of('passed').map((draft) => draft.name),
      historyExists: true,
      journal: 'ready',
      production: false,
    },
  }
}

function toFile({ name }: Draft): MigrationFile {
  return { name, file: `/migrations/${name}.sql`, sortKey: name, hash: `sql:${name}`, reversible: true }
}

function toRow({ name, fate }: Draft): HistoryRow {
  return {
    name,
    appliedAt: new Date(0),
    outcome: fate === 'failed-row' ? 'failed' : 'applied',
    checksum: null,
    hash: fate === 'adopted' ? null : `sql:${name}${fate === 'edited' ? ' as it was' : ''}`,
    by: null,
    durationMs: null,
  }
}

/** A request whose names, where it has any, are mostly of the situation. */
export function requestFor({ files, look }: Situation, direction: 'up' | 'down'): fc.Arbitrary<PlanRequest> {
  const names = [...files.map((file) => file.name), ...look.rows.map((row) => row.name), 'nobody']
  const one = fc.constantFrom(...names)
  const flags = { allowOutOfOrder: fc.boolean(), allowMissing: fc.boolean() }
  return fc.oneof(
    fc.record({ direction: fc.constant(direction), ...flags }),
    fc.record({ direction: fc.constant(direction), to: one, ...flags }),
    fc.record({ direction: fc.constant(direction), only: one, ...flags }),
    fc.record({ direction: fc.constant(direction), step: fc.nat({ max: 5 }), ...flags }),
    fc.record({ direction: fc.constant(direction), all: fc.boolean(), ...flags }),
  )
}

/** A situation with a request for it. */
export function asked(direction: 'up' | 'down'): fc.Arbitrary<[Situation, PlanRequest]> {
  return situation.chain((given) => fc.tuple(fc.constant(given), requestFor(given, direction)))
}

/** The states of a situation, its names being their own sort keys. */
export function statesOf({ files, look }: Situation) {
  return deriveStates(files, look, (missing) => missing)
}

/** Names in the order they were applied. */
export function appliedIn({ look }: Situation): string[] {
  return look.rows.map((row) => row.name)
}
