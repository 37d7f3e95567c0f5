import { GodwitError } from '../../../errors.js'
import { reasonOf } from '../../../loading/error-facts.js'
import type { FactBase, PgDelta, Plan } from './pg-delta.js'

/** What is another name only, and holds no rows of its own. */
const renamedByThemselves = new Set(['constraint', 'index', 'sequence', 'trigger', 'policy'])

/** The statements from one state to another. @throws GODWIT_GENERATE_IMPOSSIBLE */
export function planOf(library: PgDelta, from: FactBase, to: FactBase, assumedRoles: string[]): Plan {
  try {
    const first = library.plan(from, to, { renames: 'prompt', acceptRenames: [], assumedRoles })
    const acceptRenames = first.renameCandidates.filter(
      ({ kind, status }) => status === 'unambiguous' && renamedByThemselves.has(kind),
    )
    if (acceptRenames.length === 0) return first
    return library.plan(from, to, { renames: 'prompt', acceptRenames, assumedRoles })
  } catch (cause) {
    throw new GodwitError('GODWIT_GENERATE_IMPOSSIBLE', { reason: reasonOf(cause) }, { cause })
  }
}
