import type { OpenStep } from '../../../engine/migration.js'
import type { CompiledScript } from '../compile.js'
import { runApart } from '../run-apart.js'
import { runSplit } from '../run-split.js'

/** How to go on with a script: as it was begun, unless it was mended to what can no longer be run so. */
export function runnerOf({ checkpoint }: OpenStep, { mode }: CompiledScript): typeof runApart {
  const splits = checkpoint?.mode === 'split' && (mode === 'one' || mode === 'one, else split')
  return splits ? runSplit : runApart
}
