import { isGodwitError } from '../errors.js'
import { codeOf, engineText } from '../formats/prisma/engine/engine-error.js'

/** An error in Prisma's terms. */
export interface EngineFailure {
  /** Such as `P1001`. */
  code: string | undefined
  message: string
}

const connecting: Readonly<Record<string, string>> = {
  GODWIT_CONNECTION_PASSWORD: 'P1000',
  GODWIT_CONNECTION_NO_DATABASE: 'P1003',
  GODWIT_CONNECTION_DENIED: 'P1010',
  GODWIT_CONNECTION_NO_TLS: 'P1011',
  GODWIT_CONNECTION_CERTIFICATE: 'P1011',
}

/** What Prisma's CLI is told; a connection that fails has Prisma's codes, by which the CLI knows what to do. */
export function toFailure(error: unknown): EngineFailure {
  const cause = isGodwitError(error) ? error.cause : undefined
  if (isGodwitError(error) && error.code === 'GODWIT_PRISMA_ENGINE')
    return { code: codeOf(cause), message: engineText(cause) }
  if (isGodwitError(error) && error.code.startsWith('GODWIT_CONNECTION'))
    return { code: connecting[error.code] ?? 'P1001', message: `${error.message}\n${error.hint}` }
  if (isGodwitError(error)) return { code: undefined, message: `${error.message}\n${error.hint}` }
  return { code: codeOf(error), message: engineText(error) }
}
