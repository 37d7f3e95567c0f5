import type { Column } from './description.js'

export const id: Column = { name: 'id', type: 'uuid', primaryKey: true, default: { sql: 'gen_random_uuid()' } }

export const createdAt: Column = now('created_at')

export const updatedAt: Column = now('updated_at')

// SHA-256 in hex, and nothing else fits: a token stored by mistake as it is would be refused.
export const tokenHash: Column = {
  name: 'token_hash',
  type: 'text',
  notNull: true,
  unique: true,
  check: "token_hash ~ '^[0-9a-f]{64}$'",
}

export const expiresAt: Column = { name: 'expires_at', type: 'timestamptz', notNull: true }

/** A time that is set when there is none. */
export function now(name: string): Column {
  return { name, type: 'timestamptz', notNull: true, default: { sql: 'now()' } }
}

/** A time at which something may happen. */
export function time(name: string, comment?: string): Column {
  return { name, type: 'timestamptz', ...(comment === undefined ? {} : { comment }) }
}

/** What goes with the row that it belongs to. */
export function belongsTo(table: string, name: string): Column {
  return { name, type: 'uuid', notNull: true, references: { table, onDelete: 'CASCADE' } }
}
