import { belongsTo, createdAt, id, now, time, updatedAt } from './auth-columns.js'
import type { Table } from './description.js'

const users: Table = {
  name: 'users',
  columns: [
    id,
    { name: 'email', type: 'text', notNull: true, check: "length(email) <= 320 AND email LIKE '_%@_%'" },
    time('email_verified_at'),
    { name: 'password_hash', type: 'text', notNull: true },
    now('password_changed_at'),
    { name: 'is_active', type: 'boolean', notNull: true, default: true },
    { name: 'failed_login_count', type: 'integer', notNull: true, default: 0, check: 'failed_login_count >= 0' },
    time('locked_until'),
    time('last_login_at'),
    { name: 'mfa_enabled', type: 'boolean', notNull: true, default: false },
    {
      name: 'mfa_secret_encrypted',
      type: 'bytea',
      comment: 'TOTP secret; encrypted and not hashed, since it must be read back',
    },
    {
      name: 'mfa_last_used_step',
      type: 'bigint',
      comment: 'time step of the last accepted code, which is not accepted again',
    },
    { name: 'mfa_recovery_code_hashes', type: 'text[]', notNull: true, default: { sql: "'{}'::text[]" } },
    createdAt,
    updatedAt,
  ],
  constraints: [{ name: 'users_mfa_needs_secret', check: 'NOT mfa_enabled OR mfa_secret_encrypted IS NOT NULL' }],
  indexes: [{ name: 'users_email_unique', on: ['lower(email)'], unique: true }],
}

const roles: Table = {
  name: 'roles',
  columns: [
    id,
    { name: 'name', type: 'varchar(64)', notNull: true, unique: true, check: 'name = lower(name)' },
    { name: 'description', type: 'text' },
    createdAt,
    updatedAt,
  ],
}

const permissions: Table = {
  name: 'permissions',
  columns: [
    id,
    { name: 'resource', type: 'varchar(64)', notNull: true, check: 'resource = lower(resource)' },
    { name: 'action', type: 'varchar(64)', notNull: true, check: 'action = lower(action)' },
    { name: 'description', type: 'text' },
    createdAt,
  ],
  constraints: [{ name: 'permissions_resource_action_unique', unique: ['resource', 'action'] }],
}

const userRoles: Table = {
  name: 'user_roles',
  columns: [
    { ...belongsTo('users', 'user_id'), primaryKey: true },
    // A role that somebody holds cannot be deleted: it has to be taken from its holders first.
    {
      name: 'role_id',
      type: 'uuid',
      notNull: true,
      primaryKey: true,
      references: { table: 'roles', onDelete: 'RESTRICT' },
    },
    { name: 'assigned_by', type: 'uuid', references: { table: 'users', onDelete: 'SET NULL' } },
    now('assigned_at'),
  ],
  indexes: [
    { name: 'user_roles_role_id_index', on: ['role_id'] },
    { name: 'user_roles_assigned_by_index', on: ['assigned_by'] },
  ],
}

const rolePermissions: Table = {
  name: 'role_permissions',
  columns: [
    { ...belongsTo('roles', 'role_id'), primaryKey: true },
    { ...belongsTo('permissions', 'permission_id'), primaryKey: true },
    now('granted_at'),
  ],
  indexes: [{ name: 'role_permissions_permission_id_index', on: ['permission_id'] }],
}

/** Accounts, and what they may do. */
export const access: readonly Table[] = [users, roles, permissions, userRoles, rolePermissions]
