import { GodwitError } from '../../errors.js'
import type { LoadedStep } from '../contract.js'
import type { CompiledScript } from './compile.js'

/** The error of a step that needs a session of its own, where a transaction pooler gives none (rule 8). */
export function needsDirect({ name, file, resume }: LoadedStep, why: string): GodwitError {
  const left = resume === undefined ? 'nothing' : 'part'
  return new GodwitError('GODWIT_POOLER_NEEDS_DIRECT', { name, why }, { file: file.file, left })
}

/** Why a script needs a session of its own; nothing where it is one transaction. */
export function whyDirect({ mode, facts }: CompiledScript): string | undefined {
  const { tag } = facts.because ?? {}
  if (mode === 'own') return 'begins and ends transactions of its own'
  if (mode !== 'none') return undefined
  return tag === undefined ? 'asks for no transaction' : `has a ${tag}, which runs outside of a transaction`
}
