import type { ObjectType } from 'libpg-query'
import { as, type NodeKind, onlyStores, type Tree } from './parser.js'
import type { Survey } from './survey.js'

const byKind: { [Kind in NodeKind]?: string } = {
  AlterDatabaseRefreshCollStmt: 'databases',
  AlterDatabaseSetStmt: 'databases',
  AlterDatabaseStmt: 'databases',
  AlterForeignServerStmt: 'foreign servers',
  AlterRoleSetStmt: 'roles',
  AlterRoleStmt: 'roles',
  AlterSubscriptionStmt: 'subscriptions',
  AlterSystemStmt: 'server settings',
  AlterTableSpaceOptionsStmt: 'tablespaces',
  AlterUserMappingStmt: 'foreign servers',
  CreatedbStmt: 'databases',
  CreateForeignServerStmt: 'foreign servers',
  CreateRoleStmt: 'roles',
  CreateSubscriptionStmt: 'subscriptions',
  CreateTableSpaceStmt: 'tablespaces',
  CreateUserMappingStmt: 'foreign servers',
  DropdbStmt: 'databases',
  DropOwnedStmt: 'roles',
  DropRoleStmt: 'roles',
  DropSubscriptionStmt: 'subscriptions',
  DropTableSpaceStmt: 'tablespaces',
  GrantRoleStmt: 'roles',
  ImportForeignSchemaStmt: 'foreign servers',
  ReassignOwnedStmt: 'roles',
}

const byObject: { [Type in ObjectType]?: string } = {
  OBJECT_DATABASE: 'databases',
  OBJECT_PARAMETER_ACL: 'server settings',
  OBJECT_ROLE: 'roles',
  OBJECT_SUBSCRIPTION: 'subscriptions',
  OBJECT_TABLESPACE: 'tablespaces',
}

const functions = new Set(
  (
    'lo_export lo_import pg_cancel_backend pg_copy_logical_replication_slot pg_copy_physical_replication_slot ' +
    'pg_create_logical_replication_slot pg_create_physical_replication_slot pg_drop_replication_slot pg_file_write ' +
    'pg_ls_dir pg_promote pg_read_binary_file pg_read_file pg_reload_conf pg_rotate_logfile pg_switch_wal ' +
    'pg_terminate_backend'
  ).split(' '),
)

/** What a statement touches beyond its own database (rule 31), or nothing. */
export function reachesOutside(tree: Tree, survey: Survey): string | undefined {
  const kind = byKind[tree.kind]
  if (kind !== undefined) return kind
  const copy = as(tree, 'CopyStmt')
  if (copy?.filename !== undefined) return copy.is_program === true ? 'programs of the server' : 'files of the server'
  const fields = tree.fields as { objtype?: ObjectType; objectType?: ObjectType; renameType?: ObjectType }
  const object = byObject[fields.objtype ?? fields.objectType ?? fields.renameType ?? 'OBJECT_TABLE']
  if (object !== undefined) return object
  if (onlyStores(tree)) return undefined
  const called = survey.functions.find((name) => functions.has(name) || name.startsWith('dblink'))
  return called === undefined ? undefined : `${called}()`
}
