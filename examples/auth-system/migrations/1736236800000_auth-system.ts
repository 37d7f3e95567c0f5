import type { MigrationBuilder } from 'node-pg-migrate'

/**
 * The authentication system, as `godwit create --template auth` writes it.
 */
export function up(pgm: MigrationBuilder): void {
  pgm.createTable('users', {
    id: { type: 'uuid', primaryKey: true, default: pgm.func('gen_random_uuid()') },
    email: { type: 'text', notNull: true, check: "length(email) <= 320 AND email LIKE '_%@_%'" },
    email_verified_at: { type: 'timestamptz' },
    password_hash: { type: 'text', notNull: true },
    password_changed_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    is_active: { type: 'boolean', notNull: true, default: true },
    failed_login_count: { type: 'integer', notNull: true, default: 0, check: 'failed_login_count >= 0' },
    locked_until: { type: 'timestamptz' },
    last_login_at: { type: 'timestamptz' },
    mfa_enabled: { type: 'boolean', notNull: true, default: false },
    mfa_secret_encrypted: {
      type: 'bytea',
      comment: 'TOTP secret; encrypted and not hashed, since it must be read back',
    },
    mfa_last_used_step: { type: 'bigint', comment: 'time step of the last accepted code, which is not accepted again' },
    mfa_recovery_code_hashes: { type: 'text[]', notNull: true, default: pgm.func("'{}'::text[]") },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    updated_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })
  pgm.addConstraint('users', 'users_mfa_needs_secret', { check: 'NOT mfa_enabled OR mfa_secret_encrypted IS NOT NULL' })
  pgm.createIndex('users', 'lower(email)', { name: 'users_email_unique', unique: true })

  pgm.createTable('roles', {
    id: { type: 'uuid', primaryKey: true, default: pgm.func('gen_random_uuid()') },
    name: { type: 'varchar(64)', notNull: true, unique: true, check: 'name = lower(name)' },
    description: { type: 'text' },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    updated_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })

  pgm.createTable('permissions', {
    id: { type: 'uuid', primaryKey: true, default: pgm.func('gen_random_uuid()') },
    resource: { type: 'varchar(64)', notNull: true, check: 'resource = lower(resource)' },
    action: { type: 'varchar(64)', notNull: true, check: 'action = lower(action)' },
    description: { type: 'text' },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })
  pgm.addConstraint('permissions', 'permissions_resource_action_unique', { unique: ['resource', 'action'] })

  pgm.createTable('user_roles', {
    user_id: { type: 'uuid', primaryKey: true, notNull: true, references: 'users', onDelete: 'CASCADE' },
    role_id: { type: 'uuid', primaryKey: true, notNull: true, references: 'roles', onDelete: 'RESTRICT' },
    assigned_by: { type: 'uuid', references: 'users', onDelete: 'SET NULL' },
    assigned_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })
  pgm.createIndex('user_roles', 'role_id', { name: 'user_roles_role_id_index' })
  pgm.createIndex('user_roles', 'assigned_by', { name: 'user_roles_assigned_by_index' })

  pgm.createTable('role_permissions', {
    role_id: { type: 'uuid', primaryKey: true, notNull: true, references: 'roles', onDelete: 'CASCADE' },
    permission_id: { type: 'uuid', primaryKey: true, notNull: true, references: 'permissions', onDelete: 'CASCADE' },
    granted_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })
  pgm.createIndex('role_permissions', 'permission_id', { name: 'role_permissions_permission_id_index' })

  pgm.createTable('tokens', {
    id: { type: 'uuid', primaryKey: true, default: pgm.func('gen_random_uuid()') },
    user_id: { type: 'uuid', notNull: true, references: 'users', onDelete: 'CASCADE' },
    type: {
      type: 'varchar(32)',
      notNull: true,
      check: "type IN ('access', 'refresh', 'email_verification', 'mfa_challenge')",
    },
    token_hash: { type: 'text', notNull: true, unique: true, check: "token_hash ~ '^[0-9a-f]{64}$'" },
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
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    expires_at: { type: 'timestamptz', notNull: true },
    last_used_at: { type: 'timestamptz' },
    used_at: { type: 'timestamptz', comment: 'when a token that works once did so' },
    revoked_at: { type: 'timestamptz' },
    revoked_reason: { type: 'varchar(64)' },
  })
  pgm.addConstraint('tokens', 'tokens_expire_later', { check: 'expires_at > created_at' })
  pgm.addConstraint('tokens', 'tokens_session_known', {
    check: "type NOT IN ('access', 'refresh') OR session_id IS NOT NULL",
  })
  pgm.addConstraint('tokens', 'tokens_address_known', { check: "type <> 'email_verification' OR email IS NOT NULL" })
  pgm.createIndex('tokens', 'user_id', { name: 'tokens_user_id_index' })
  pgm.createIndex('tokens', 'session_id', { name: 'tokens_session_id_index' })
  pgm.createIndex('tokens', 'replaced_by', { name: 'tokens_replaced_by_index' })
  pgm.createIndex('tokens', 'expires_at', { name: 'tokens_expires_at_index' })

  pgm.createTable('password_reset_tokens', {
    id: { type: 'uuid', primaryKey: true, default: pgm.func('gen_random_uuid()') },
    user_id: { type: 'uuid', notNull: true, references: 'users', onDelete: 'CASCADE' },
    token_hash: { type: 'text', notNull: true, unique: true, check: "token_hash ~ '^[0-9a-f]{64}$'" },
    requested_from: { type: 'inet' },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    expires_at: { type: 'timestamptz', notNull: true },
    used_at: { type: 'timestamptz' },
    revoked_at: { type: 'timestamptz' },
  })
  pgm.addConstraint('password_reset_tokens', 'password_reset_tokens_expire_later', { check: 'expires_at > created_at' })
  pgm.createIndex('password_reset_tokens', 'user_id', { name: 'password_reset_tokens_user_id_index' })
  pgm.createIndex('password_reset_tokens', 'expires_at', { name: 'password_reset_tokens_expires_at_index' })

  pgm.createTable('user_profiles', {
    user_id: { type: 'uuid', primaryKey: true, notNull: true, references: 'users', onDelete: 'CASCADE' },
    display_name: { type: 'varchar(100)' },
    first_name: { type: 'varchar(100)' },
    last_name: { type: 'varchar(100)' },
    bio: { type: 'text', check: 'length(bio) <= 2000' },
    avatar_url: { type: 'text' },
    website_url: { type: 'text' },
    location: { type: 'varchar(200)' },
    birth_date: { type: 'date' },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    updated_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })

  pgm.createTable('user_preferences', {
    user_id: { type: 'uuid', primaryKey: true, notNull: true, references: 'users', onDelete: 'CASCADE' },
    language: { type: 'varchar(35)', notNull: true, default: 'en' },
    timezone: { type: 'varchar(64)', notNull: true, default: 'UTC' },
    theme: { type: 'varchar(16)', notNull: true, default: 'system', check: "theme IN ('system', 'light', 'dark')" },
    email_notifications: { type: 'boolean', notNull: true, default: true },
    extra: { type: 'jsonb', notNull: true, default: pgm.func("'{}'::jsonb"), check: "jsonb_typeof(extra) = 'object'" },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    updated_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })

  pgm.createTable('user_connections', {
    id: { type: 'uuid', primaryKey: true, default: pgm.func('gen_random_uuid()') },
    user_id: { type: 'uuid', notNull: true, references: 'users', onDelete: 'CASCADE' },
    target_id: { type: 'uuid', notNull: true, references: 'users', onDelete: 'CASCADE' },
    type: { type: 'varchar(16)', notNull: true, check: "type IN ('follow', 'friend', 'block')" },
    status: { type: 'varchar(16)', notNull: true, check: "status IN ('pending', 'accepted', 'declined')" },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
    updated_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })
  pgm.addConstraint('user_connections', 'user_connections_not_oneself', { check: 'user_id <> target_id' })
  pgm.addConstraint('user_connections', 'user_connections_asked_first', {
    check: "type = 'friend' OR status = 'accepted'",
  })
  pgm.addConstraint('user_connections', 'user_connections_once', { unique: ['user_id', 'target_id', 'type'] })
  pgm.createIndex('user_connections', ['least(user_id, target_id)', 'greatest(user_id, target_id)'], {
    name: 'user_connections_one_friendship',
    unique: true,
    where: "type = 'friend'",
  })
  pgm.createIndex('user_connections', ['target_id', 'type'], { name: 'user_connections_target_id_type_index' })

  pgm.createFunction(
    'set_updated_at',
    [],
    { returns: 'trigger', language: 'plpgsql' },
    'BEGIN NEW.updated_at = now(); RETURN NEW; END',
  )
  for (const table of ['users', 'roles', 'user_profiles', 'user_preferences', 'user_connections']) {
    pgm.createTrigger(table, `${table}_set_updated_at`, {
      when: 'BEFORE',
      operation: 'UPDATE',
      level: 'ROW',
      function: 'set_updated_at',
    })
  }

  pgm.sql(`
    INSERT INTO roles (name, description) VALUES
      ('admin', 'May do everything'),
      ('user', 'An ordinary account'),
      ('moderator', 'Looks after the accounts of others')
  `)

  pgm.sql(`
    INSERT INTO permissions (resource, action, description)
    SELECT resource, action, 'May ' || action || ' ' || resource
    FROM unnest(ARRAY['users', 'roles']) AS resource, unnest(ARRAY['create', 'read', 'update', 'delete']) AS action
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
