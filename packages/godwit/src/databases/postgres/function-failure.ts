import { GodwitError } from '../../errors.js'
import { placeOfError, statementOfError } from '../../loading/call-site.js'
import { maskSecrets } from '../../sql/mask.js'
import type { LoadedStep } from '../contract.js'
import { leftInWords, messageOf, wayOut } from '../left.js'
import { placeDetails } from './call-frame.js'
import { serverReport } from './parts.js'
import { wayOutOf } from './statement-failure.js'

/** The error of a function that failed, with what is left of its work. */
export function functionFailed(step: LoadedStep, error: unknown, left: 'nothing' | 'part'): GodwitError {
  if (error instanceof GodwitError) return error
  const server = error instanceof Error ? serverReport(error, maskSecrets) : undefined
  const query = statementOfError(error) ?? queryOf(error)
  const place = placeOfError(error, step.file.file)
  const undone = leftInWords(step, 'undone', 0)
  return new GodwitError(
    'GODWIT_STATEMENT_FAILED',
    { name: step.name, message: maskSecrets(messageOf(error)) },
    {
      cause: error,
      hint: wayOutOf(error, step, left === 'nothing' ? 'undone' : 'kept'),
      ...(place === undefined ? { file: step.file.file } : placeDetails(place, query ?? '')),
      ...(query === undefined ? {} : { statement: maskSecrets(query) }),
      ...(server === undefined ? {} : { server }),
      left,
      state: [left === 'nothing' ? undone : keptInWords(step)],
    },
  )
}

/** The same error of a step that had committed something by then, whatever it failed with. */
export function keptNonetheless(step: LoadedStep, error: GodwitError): GodwitError {
  if (error.details.left === 'part') return error
  Object.assign(error.details, { left: 'part', state: [keptInWords(step)] })
  return Object.assign(error, { hint: wayOut(step, 'kept') })
}

function keptInWords({ name }: LoadedStep): string {
  return `${name} worked outside of one transaction: what it did before it failed is still there.`
}

// TypeORM notes it as well.
function queryOf(error: unknown): string | undefined {
  const { query } = Object(error) as { query?: unknown }
  return typeof query === 'string' ? query : undefined
}
