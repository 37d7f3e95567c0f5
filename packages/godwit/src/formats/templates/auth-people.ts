import { belongsTo, createdAt, id, updatedAt } from './auth-columns.js'
import type { Table } from './description.js'

const profiles: Table = {
  name: 'user_profiles',
  columns: [
    { ...belongsTo('users', 'user_id'), primaryKey: true },
    { name: 'display_name', type: 'varchar(100)' },
    { name: 'first_name', type: 'varchar(100)' },
    { name: 'last_name', type: 'varchar(100)' },
    { name: 'bio', type: 'text', check: 'length(bio) <= 2000' },
    { name: 'avatar_url', type: 'text' },
    { name: 'website_url', type: 'text' },
    { name: 'location', type: 'varchar(200)' },
    { name: 'birth_date', type: 'date' },
    createdAt,
    updatedAt,
  ],
}

const preferences: Table = {
  name: 'user_preferences',
  columns: [
    { ...belongsTo('users', 'user_id'), primaryKey: true },
    { name: 'language', type: 'varchar(35)', notNull: true, default: 'en' },
    { name: 'timezone', type: 'varchar(64)', notNull: true, default: 'UTC' },
    {
      name: 'theme',
      type: 'varchar(16)',
      notNull: true,
      default: 'system',
      check: "theme IN ('system', 'light', 'dark')",
    },
    { name: 'email_notifications', type: 'boolean', notNull: true, default: true },
    {
      name: 'extra',
      type: 'jsonb',
      notNull: true,
      default: { sql: "'{}'::jsonb" },
      check: "jsonb_typeof(extra) = 'object'",
    },
    createdAt,
    updatedAt,
  ],
}

const connections: Table = {
  name: 'user_connections',
  columns: [
    id,
    belongsTo('users', 'user_id'),
    belongsTo('users', 'target_id'),
    { name: 'type', type: 'varchar(16)', notNull: true, check: "type IN ('follow', 'friend', 'block')" },
    { name: 'status', type: 'varchar(16)', notNull: true, check: "status IN ('pending', 'accepted', 'declined')" },
    createdAt,
    updatedAt,
  ],
  constraints: [
    { name: 'user_connections_not_oneself', check: 'user_id <> target_id' },
    { name: 'user_connections_asked_first', check: "type = 'friend' OR status = 'accepted'" },
    { name: 'user_connections_once', unique: ['user_id', 'target_id', 'type'] },
  ],
  indexes: [
    // A friendship is one row, whoever asked: following and blocking have a direction.
    {
      name: 'user_connections_one_friendship',
      on: ['least(user_id, target_id)', 'greatest(user_id, target_id)'],
      unique: true,
      where: "type = 'friend'",
    },
    { name: 'user_connections_target_id_type_index', on: ['target_id', 'type'] },
  ],
}

/** Profiles, settings and who knows whom. */
export const people: readonly Table[] = [profiles, preferences, connections]
