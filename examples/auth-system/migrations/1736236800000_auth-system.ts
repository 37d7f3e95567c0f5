import type { ColumnDefinition, MigrationBuilder } from 'node-pg-migrate'

/** Every table that has `updated_at`; a trigger keeps the column, so that no writer can forget it. */
const stamped = ['users', 'roles', 'user_profiles', 'user_preferences', 'user_connections']

const defaultRoles = [
  { name: 'admin', description: 'May do everything' },
  { name: 'user', description: 'An ordinary account' },
  { name: 'moderator', description: 'Looks after the accounts of others' },
]
const resources = ['users', 'roles']
const actions = ['create', 'read', 'update', 'delete']

export function up(pgm: MigrationBuilder): void {
  const id: ColumnDefinition = { type: 'uuid', primaryKey: true, default: pgm.func('gen_random_uuid()') }
  const now: ColumnDefinition = { type: 'timestamptz', notNull: true, default: pgm.func('now()') }
  const time: ColumnDefinition = { type: 'timestamptz' }
  const belongsTo = (table: string): ColumnDefinition => ({
    type: 'uuid',
    notNull: true,
    references: table,
    onDelete: 'CASCADE',
  })
  // SHA-256 in hex, and nothing else fits: a token stored by mistake as it is would be refused.
  const tokenHash: ColumnDefinition = {
    type: 'text',
    notNull: true,
    unique: true,
    check: "token_hash ~ '^[0-9a-f]{64}$'",
  }

  pgm.createTable('users', {
    id,
    email: { type: 'text', notNull: true, check: "length(email) <= 320 and email like '_%@_%'" },
    email_verified_at: time,
    password_hash: { type: 'text', notNull: true },
    password_changed_at: now,
    is_active: { type: 'boolean', notNull: true, default: true },
    failed_login_count: { type: 'integer', notNull: true, default: 0, check: 'failed_login_count >= 0' },
    locked_until: time,
    last_login_at: time,
    mfa_enabled: { type: 'boolean', notNull: true, default: false },
    mfa_secret_encrypted: {
      type: 'bytea',
      comment: 'TOTP secret; encrypted and not hashed, since it must be read back',
    },
    mfa_last_used_step: { type: 'bigint', comment: 'time step of the last accepted code, which is not accepted again' },
    mfa_recovery_code_hashes: { type: 'text[]', notNull: true, default: pgm.func("'{}'::text[]") },
    created_at: now,
    updated_at: now,
  })
  pgm.addConstraint('users', 'users_mfa_needs_secret', { check: 'not mfa_enabled or mfa_secret_encrypted is not null' })
  pgm.createIndex('users', 'lower(email)', { name: 'users_email_unique', unique: true })

  pgm.createTable('roles', {
    id,
    name: { type: 'varchar(64)', notNull: true, unique: true, check: 'name = lower(name)' },
    description: { type: 'text' },
    created_at: now,
    updated_at: now,
  })

  pgm.createTable(
    'permissions',
    {
      id,
      resource: { type: 'varchar(64)', notNull: true, check: 'resource = lower(resource)' },
      action: { type: 'varchar(64)', notNull: true, check: 'action = lower(action)' },
      description: { type: 'text' },
      created_at: now,
    },
    { constraints: { unique: ['resource', 'action'] } },
  )

  pgm.createTable('user_roles', {
    user_id: { ...belongsTo('users'), primaryKey: true },
    // A role that somebody holds cannot be deleted: it has to be taken from its holders first.
    role_id: { type: 'uuid', notNull: true, primaryKey: true, references: 'roles', onDelete: 'RESTRICT' },
    assigned_by: { type: 'uuid', references: 'users', onDelete: 'SET NULL' },
    assigned_at: now,
  })
  pgm.createIndex('user_roles', 'role_id')
  pgm.createIndex('user_roles', 'assigned_by')

  pgm.createTable('role_permissions', {
    role_id: { ...belongsTo('roles'), primaryKey: true },
    permission_id: { ...belongsTo('permissions'), primaryKey: true },
    granted_at: now,
  })
  pgm.createIndex('role_permissions', 'permission_id')

  pgm.createTable('tokens', {
    id,
    user_id: belongsTo('users'),
    type: {
      type: 'varchar(32)',
      notNull: true,
      check: "type in ('access', 'refresh', 'email_verification', 'mfa_challenge')",
    },
    token_hash: tokenHash,
    email: { type: 'text', comment: 'the address that a verification token proves' },
    session_id: { type: 'uuid', comment: 'what one login made: revoking a session revokes all of it' },
    replaced_by: {
      type: 'uuid',
      references: 'tokens',
      onDelete: 'SET NULL',
      comment: 'the successor of a refresh token',
    },
    ip_address: { type: 'inet' },
    user_agent: { type: 'text' },
    created_at: now,
    expires_at: { type: 'timestamptz', notNull: true },
    last_used_at: time,
    used_at: { type: 'timestamptz', comment: 'when a token that works once did so' },
    revoked_at: time,
    revoked_reason: { type: 'varchar(64)' },
  })
  pgm.addConstraint('tokens', 'tokens_expire_later', { check: 'expires_at > created_at' })
  pgm.addConstraint('tokens', 'tokens_session_known', {
    check: "type not in ('access', 'refresh') or session_id is not null",
  })
  pgm.addConstraint('tokens', 'tokens_address_known', { check: "type <> 'email_verification' or email is not null" })
  pgm.createIndex('tokens', 'user_id', { name: 'tokens_live', where: 'revoked_at is null' })
  pgm.createIndex('tokens', 'session_id')
  pgm.createIndex('tokens', 'replaced_by')
  pgm.createIndex('tokens', 'expires_at')

  pgm.createTable('password_reset_tokens', {
    id,
    user_id: belongsTo('users'),
    token_hash: tokenHash,
    requested_from: { type: 'inet' },
    created_at: now,
    expires_at: { type: 'timestamptz', notNull: true },
    used_at: time,
    revoked_at: time,
  })
  pgm.addConstraint('password_reset_tokens', 'password_reset_tokens_expire_later', { check: 'expires_at > created_at' })
  pgm.createIndex('password_reset_tokens', 'user_id')
  pgm.createIndex('password_reset_tokens', 'expires_at')

  pgm.createTable('user_profiles', {
    user_id: { ...belongsTo('users'), primaryKey: true },
    display_name: { type: 'varchar(100)' },
    first_name: { type: 'varchar(100)' },
    last_name: { type: 'varchar(100)' },
    bio: { type: 'text', check: 'length(bio) <= 2000' },
    avatar_url: { type: 'text' },
    website_url: { type: 'text' },
    location: { type: 'varchar(200)' },
    birth_date: { type: 'date' },
    created_at: now,
    updated_at: now,
  })

  pgm.createTable('user_preferences', {
    user_id: { ...belongsTo('users'), primaryKey: true },
    language: { type: 'varchar(35)', notNull: true, default: 'en' },
    timezone: { type: 'varchar(64)', notNull: true, default: 'UTC' },
    theme: { type: 'varchar(16)', notNull: true, default: 'system', check: "theme in ('system', 'light', 'dark')" },
    email_notifications: { type: 'boolean', notNull: true, default: true },
    extra: { type: 'jsonb', notNull: true, default: pgm.func("'{}'::jsonb"), check: "jsonb_typeof(extra) = 'object'" },
    created_at: now,
    updated_at: now,
  })

  pgm.createTable('user_connections', {
    id,
    user_id: belongsTo('users'),
    target_id: belongsTo('users'),
    type: { type: 'varchar(16)', notNull: true, check: "type in ('follow', 'friend', 'block')" },
    status: { type: 'varchar(16)', notNull: true, check: "status in ('pending', 'accepted', 'declined')" },
    created_at: now,
    updated_at: now,
  })
  pgm.addConstraint('user_connections', 'user_connections_not_oneself', { check: 'user_id <> target_id' })
  pgm.addConstraint('user_connections', 'user_connections_asked_first', {
    check: "type = 'friend' or status = 'accepted'",
  })
  pgm.addConstraint('user_connections', 'user_connections_once', { unique: ['user_id', 'target_id', 'type'] })
  // A friendship is one row, whoever asked: following and blocking have a direction.
  pgm.createIndex('user_connections', ['least(user_id, target_id)', 'greatest(user_id, target_id)'], {
    name: 'user_connections_one_friendship',
    unique: true,
    where: "type = 'friend'",
  })
  pgm.createIndex('user_connections', ['target_id', 'type'])

  pgm.createFunction(
    'set_updated_at',
    [],
    { returns: 'trigger', language: 'plpgsql' },
    'begin new.updated_at = now(); return new; end',
  )
  for (const table of stamped) {
    pgm.createTrigger(table, `${table}_set_updated_at`, {
      when: 'BEFORE',
      operation: 'UPDATE',
      level: 'ROW',
      function: 'set_updated_at',
    })
  }

  const quoted = (text: string) => `'${text}'`
  pgm.sql(`
    INSERT INTO roles (name, description)
    VALUES ${defaultRoles.map((role) => `(${quoted(role.name)}, ${quoted(role.description)})`).join(', ')}
  `)
  pgm.sql(`
    INSERT INTO permissions (resource, action, description)
    SELECT resource, action, 'May ' || action || ' ' || resource
    FROM unnest(array[${resources.map(quoted)}]) AS resource, unnest(array[${actions.map(quoted)}]) AS action
  `)
  pgm.sql(`
    INSERT INTO role_permissions (role_id, permission_id)
    SELECT roles.id, permissions.id FROM roles, permissions WHERE roles.name = 'admin'
  `)
}

export function down(pgm: MigrationBuilder): void {
  pgm.dropTable('user_connections')
  pgm.dropTable('user_preferences')
  pgm.dropTable('user_profiles')
  pgm.dropTable('password_reset_tokens')
  pgm.dropTable('tokens')
  pgm.dropTable('role_permissions')
  pgm.dropTable('user_roles')
  pgm.dropTable('permissions')
  pgm.dropTable('roles')
  pgm.dropTable('users')
  pgm.dropFunction('set_updated_at', [])
}
