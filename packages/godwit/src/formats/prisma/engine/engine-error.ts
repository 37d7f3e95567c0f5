import { GodwitError, isGodwitError } from '../../../errors.js'

/** What Prisma's engine or its validator said, without the trace of its own source. */
export function engineText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (jsonMessage(message) ?? message).split('\n   0: ')[0]?.trim() ?? ''
}

/** An error of the engine's as Godwit's; one of Godwit's own stays as it is. */
export function engineFailure(error: unknown): GodwitError {
  if (isGodwitError(error)) return error
  const code = codeOf(error)
  return new GodwitError('GODWIT_PRISMA_ENGINE', { reason: engineText(error), code }, { cause: error })
}

/** Prisma's own code, such as `P4001`. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^P\d{4}$/.test(code) ? code : undefined
}

// The validator throws JSON.
function jsonMessage(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
