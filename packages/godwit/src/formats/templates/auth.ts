import { access } from './auth-access.js'
import { people } from './auth-people.js'
import { tokens } from './auth-tokens.js'
import type { SchemaTemplate } from './description.js'

/**
 * Everything a back end needs to know who somebody is and what they may do: accounts with a second factor, roles and
 * permissions, sessions, verified addresses, forgotten passwords, profiles, settings and connections.
 */
export const auth: SchemaTemplate = {
  name: 'auth',
  title: 'The authentication system',
  tables: [...access, ...tokens, ...people],
  touch: { function: 'set_updated_at', body: 'BEGIN NEW.updated_at = now(); RETURN NEW; END' },
  data: [
    `INSERT INTO roles (name, description) VALUES
  ('admin', 'May do everything'),
  ('user', 'An ordinary account'),
  ('moderator', 'Looks after the accounts of others')`,
    `INSERT INTO permissions (resource, action, description)
SELECT resource, action, 'May ' || action || ' ' || resource
FROM unnest(ARRAY['users', 'roles']) AS resource, unnest(ARRAY['create', 'read', 'update', 'delete']) AS action`,
    `INSERT INTO role_permissions (role_id, permission_id)
SELECT roles.id, permissions.id FROM roles, permissions WHERE roles.name = 'admin'`,
  ],
}
