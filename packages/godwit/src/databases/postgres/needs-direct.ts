import { GodwitError } from '../../errors.js'
import type { LoadedStep } from '../contract.js'

/** The error of a step that needs a session of its own, where a transaction pooler gives none (rule 8). */
export function needsDirect({ name, file, resume }: LoadedStep, why: string): GodwitError {
  const left = resume === undefined ? 'nothing' : 'part'
  return new GodwitError('GODWIT_POOLER_NEEDS_DIRECT', { name, why }, { file: file.file, left })
}
