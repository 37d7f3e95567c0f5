import { GodwitError, isGodwitError } from '../../errors.js'
import type { ConnectionSettings } from './connection-settings.js'

interface DriverError extends Error {
  code?: string
  /** Of a file that cannot be read: only certificates are. */
  syscall?: string
  errors?: DriverError[]
}

/** Turns what the driver said while connecting into a sentence with a way out. No password is in it. */
export function toConnectionError(raw: unknown, settings: ConnectionSettings): GodwitError {
  if (isGodwitError(raw)) return raw
  const error = firstOf(raw instanceof Error ? (raw as DriverError) : new Error(String(raw)))
  const { config, address } = settings
  const facts = {
    address,
    user: config.user ?? '',
    database: config.database ?? '',
    reason: withoutPassword(error.message, config.password),
  }
  const cause = { cause: raw }
  if (error.syscall === 'open') return new GodwitError('GODWIT_CONNECTION_CERTIFICATE', facts, cause)
  switch (error.code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return new GodwitError('GODWIT_CONNECTION_REFUSED', facts, cause)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new GodwitError('GODWIT_CONNECTION_NO_HOST', facts, cause)
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new GodwitError('GODWIT_CONNECTION_TIMEOUT', facts, cause)
    case '28P01':
      return new GodwitError('GODWIT_CONNECTION_PASSWORD', facts, cause)
    case '28000':
      return /no pg_hba.conf entry.*(no encryption|SSL off)/.test(error.message)
        ? new GodwitError('GODWIT_CONNECTION_TLS_REQUIRED', facts, cause)
        : new GodwitError('GODWIT_CONNECTION_DENIED', facts, cause)
    case '3D000':
      return new GodwitError('GODWIT_CONNECTION_NO_DATABASE', facts, cause)
    case '42501':
      return new GodwitError('GODWIT_CONNECTION_DENIED', facts, cause)
    case '53300':
      return new GodwitError('GODWIT_CONNECTION_TOO_MANY', facts, cause)
    case '57P03':
      return new GodwitError('GODWIT_CONNECTION_STARTING', facts, cause)
  }
  return byMessage(error, facts, cause)
}

const POOLER_PARAMETER =
  'The connection goes through a pooler that refuses this parameter: take it out of the URL (Prisma: add pgbouncer=true), or let the pooler ignore it (ignore_startup_parameters).'

function byMessage(
  error: DriverError,
  facts: { address: string; user: string; database: string; reason: string },
  cause: { cause: unknown },
): GodwitError {
  if (/timeout expired|timed out/i.test(error.message))
    return new GodwitError('GODWIT_CONNECTION_TIMEOUT', facts, cause)
  if (/password must be a string|SASL.*password/i.test(error.message))
    return new GodwitError('GODWIT_CONNECTION_PASSWORD', facts, cause)
  // A pooler passes on only what it knows: the reason names the parameter.
  if (/unsupported startup parameter/i.test(error.message))
    return new GodwitError('GODWIT_CONNECTION_DENIED', facts, { ...cause, hint: POOLER_PARAMETER })
  if (/does not support SSL/i.test(error.message)) return new GodwitError('GODWIT_CONNECTION_NO_TLS', facts, cause)
  if (/certificate|self.signed|altnames|CERT_|UNABLE_TO/i.test(`${error.code ?? ''} ${error.message}`))
    return new GodwitError('GODWIT_CONNECTION_CERTIFICATE', facts, cause)
  return new GodwitError('GODWIT_CONNECTION_FAILED', facts, cause)
}

// Node reports one error an address it tried; the first says what matters.
function firstOf(error: DriverError): DriverError {
  return error.errors?.[0] ?? error
}

function withoutPassword(text: string, password: unknown): string {
  return typeof password === 'string' && password !== '' ? text.replaceAll(password, '***') : text
}
