import { belongsTo, createdAt, expiresAt, id, time, tokenHash } from './auth-columns.js'
import type { Table } from './description.js'

const tokenTable: Table = {
  name: 'tokens',
  columns: [
    id,
    belongsTo('users', 'user_id'),
    {
      name: 'type',
      type: 'varchar(32)',
      notNull: true,
      check: "type IN ('access', 'refresh', 'email_verification', 'mfa_challenge')",
    },
    tokenHash,
    { name: 'email', type: 'text', comment: 'the address that a verification token proves' },
    { name: 'session_id', type: 'uuid', comment: 'what one login made: revoking a session revokes all of it' },
    {
      name: 'replaced_by',
      type: 'uuid',
      references: { table: 'tokens', onDelete: 'SET NULL' },
      comment: 'the successor of a refresh token',
    },
    { name: 'ip_address', type: 'inet' },
    { name: 'user_agent', type: 'text' },
    createdAt,
    expiresAt,
    time('last_used_at'),
    time('used_at', 'when a token that works once did so'),
    time('revoked_at'),
    { name: 'revoked_reason', type: 'varchar(64)' },
  ],
  constraints: [
    { name: 'tokens_expire_later', check: 'expires_at > created_at' },
    { name: 'tokens_session_known', check: "type NOT IN ('access', 'refresh') OR session_id IS NOT NULL" },
    { name: 'tokens_address_known', check: "type <> 'email_verification' OR email IS NOT NULL" },
  ],
  indexes: [
    // Not only those that live: deleting a user looks for all of them.
    { name: 'tokens_user_id_index', on: ['user_id'] },
    { name: 'tokens_session_id_index', on: ['session_id'] },
    { name: 'tokens_replaced_by_index', on: ['replaced_by'] },
    { name: 'tokens_expires_at_index', on: ['expires_at'] },
  ],
}

const passwordResetTokens: Table = {
  name: 'password_reset_tokens',
  columns: [
    id,
    belongsTo('users', 'user_id'),
    tokenHash,
    { name: 'requested_from', type: 'inet' },
    createdAt,
    expiresAt,
    time('used_at'),
    time('revoked_at'),
  ],
  constraints: [{ name: 'password_reset_tokens_expire_later', check: 'expires_at > created_at' }],
  indexes: [
    { name: 'password_reset_tokens_user_id_index', on: ['user_id'] },
    { name: 'password_reset_tokens_expires_at_index', on: ['expires_at'] },
  ],
}

/** Sessions, verification, second factor and forgotten passwords. */
export const tokens: readonly Table[] = [tokenTable, passwordResetTokens]
