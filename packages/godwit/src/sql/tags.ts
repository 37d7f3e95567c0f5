import type { ObjectType } from 'libpg-query'
import type { NodeKind, NodeOf, Tree } from './parser.js'

type TagOf<Kind extends NodeKind> = string | ((fields: NodeOf<Kind>) => string)

const objectNames: Partial<Record<ObjectType, string>> = {
  OBJECT_FDW: 'FOREIGN DATA WRAPPER',
  OBJECT_FOREIGN_SERVER: 'SERVER',
  OBJECT_LARGEOBJECT: 'LARGE OBJECT',
  OBJECT_MATVIEW: 'MATERIALIZED VIEW',
  OBJECT_OPCLASS: 'OPERATOR CLASS',
  OBJECT_OPFAMILY: 'OPERATOR FAMILY',
  OBJECT_STATISTIC_EXT: 'STATISTICS',
  OBJECT_TSCONFIGURATION: 'TEXT SEARCH CONFIGURATION',
  OBJECT_TSDICTIONARY: 'TEXT SEARCH DICTIONARY',
  OBJECT_TSPARSER: 'TEXT SEARCH PARSER',
  OBJECT_TSTEMPLATE: 'TEXT SEARCH TEMPLATE',
  OBJECT_ATTRIBUTE: 'TYPE',
  OBJECT_DOMCONSTRAINT: 'DOMAIN',
  OBJECT_COLUMN: 'TABLE',
  OBJECT_TABCONSTRAINT: 'TABLE',
}

/** `OBJECT_FOREIGN_TABLE` as `FOREIGN TABLE`. */
export function objectName(type: ObjectType | undefined): string {
  if (type === undefined) return ''
  return objectNames[type] ?? type.slice('OBJECT_'.length).replaceAll('_', ' ')
}

const drop = (fields: { removeType?: ObjectType }): string => `DROP ${objectName(fields.removeType)}`

/** `ALTER VIEW v RENAME COLUMN …` is an ALTER VIEW; whose a constraint is, the parser does not say. */
const renamed = ({ renameType, relationType }: NodeOf<'RenameStmt'>): string =>
  `ALTER ${objectName(renameType === 'OBJECT_COLUMN' ? (relationType ?? 'OBJECT_TABLE') : renameType)}`

const tags: { [Kind in NodeKind]?: TagOf<Kind> } = {
  AlterCollationStmt: 'ALTER COLLATION',
  AlterDatabaseRefreshCollStmt: 'ALTER DATABASE',
  AlterDatabaseSetStmt: 'ALTER DATABASE',
  AlterDatabaseStmt: 'ALTER DATABASE',
  AlterDefaultPrivilegesStmt: 'ALTER DEFAULT PRIVILEGES',
  AlterDomainStmt: 'ALTER DOMAIN',
  AlterEnumStmt: 'ALTER TYPE',
  AlterEventTrigStmt: 'ALTER EVENT TRIGGER',
  AlterExtensionContentsStmt: 'ALTER EXTENSION',
  AlterExtensionStmt: 'ALTER EXTENSION',
  AlterFdwStmt: 'ALTER FOREIGN DATA WRAPPER',
  AlterForeignServerStmt: 'ALTER SERVER',
  AlterFunctionStmt: (f) => `ALTER ${objectName(f.objtype)}`,
  AlterObjectDependsStmt: (f) => `ALTER ${objectName(f.objectType)}`,
  AlterObjectSchemaStmt: (f) => `ALTER ${objectName(f.objectType)}`,
  AlterOperatorStmt: 'ALTER OPERATOR',
  AlterOpFamilyStmt: 'ALTER OPERATOR FAMILY',
  AlterOwnerStmt: (f) => `ALTER ${objectName(f.objectType)}`,
  AlterPolicyStmt: 'ALTER POLICY',
  AlterPublicationStmt: 'ALTER PUBLICATION',
  AlterRoleSetStmt: 'ALTER ROLE',
  AlterRoleStmt: 'ALTER ROLE',
  AlterSeqStmt: 'ALTER SEQUENCE',
  AlterStatsStmt: 'ALTER STATISTICS',
  AlterSubscriptionStmt: 'ALTER SUBSCRIPTION',
  AlterSystemStmt: 'ALTER SYSTEM',
  AlterTableMoveAllStmt: (f) => `ALTER ${objectName(f.objtype)}`,
  AlterTableSpaceOptionsStmt: 'ALTER TABLESPACE',
  AlterTableStmt: (f) => `ALTER ${objectName(f.objtype)}`,
  AlterTSConfigurationStmt: 'ALTER TEXT SEARCH CONFIGURATION',
  AlterTSDictionaryStmt: 'ALTER TEXT SEARCH DICTIONARY',
  AlterTypeStmt: 'ALTER TYPE',
  AlterUserMappingStmt: 'ALTER USER MAPPING',
  CallStmt: 'CALL',
  CheckPointStmt: 'CHECKPOINT',
  ClosePortalStmt: (f) => (f.portalname === undefined ? 'CLOSE CURSOR ALL' : 'CLOSE CURSOR'),
  ClusterStmt: 'CLUSTER',
  CommentStmt: 'COMMENT',
  CompositeTypeStmt: 'CREATE TYPE',
  ConstraintsSetStmt: 'SET CONSTRAINTS',
  CopyStmt: 'COPY',
  CreateAmStmt: 'CREATE ACCESS METHOD',
  CreateCastStmt: 'CREATE CAST',
  CreateConversionStmt: 'CREATE CONVERSION',
  CreatedbStmt: 'CREATE DATABASE',
  CreateDomainStmt: 'CREATE DOMAIN',
  CreateEnumStmt: 'CREATE TYPE',
  CreateEventTrigStmt: 'CREATE EVENT TRIGGER',
  CreateExtensionStmt: 'CREATE EXTENSION',
  CreateFdwStmt: 'CREATE FOREIGN DATA WRAPPER',
  CreateForeignServerStmt: 'CREATE SERVER',
  CreateForeignTableStmt: 'CREATE FOREIGN TABLE',
  CreateFunctionStmt: (f) => (f.is_procedure === true ? 'CREATE PROCEDURE' : 'CREATE FUNCTION'),
  CreateOpClassStmt: 'CREATE OPERATOR CLASS',
  CreateOpFamilyStmt: 'CREATE OPERATOR FAMILY',
  CreatePLangStmt: 'CREATE LANGUAGE',
  CreatePolicyStmt: 'CREATE POLICY',
  CreatePublicationStmt: 'CREATE PUBLICATION',
  CreateRangeStmt: 'CREATE TYPE',
  CreateRoleStmt: 'CREATE ROLE',
  CreateSchemaStmt: 'CREATE SCHEMA',
  CreateSeqStmt: 'CREATE SEQUENCE',
  CreateStatsStmt: 'CREATE STATISTICS',
  CreateStmt: 'CREATE TABLE',
  CreateSubscriptionStmt: 'CREATE SUBSCRIPTION',
  CreateTableAsStmt: (f) =>
    f.is_select_into === true
      ? 'SELECT INTO'
      : f.objtype === 'OBJECT_MATVIEW'
        ? 'CREATE MATERIALIZED VIEW'
        : 'CREATE TABLE AS',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  CreateTransformStmt: 'CREATE TRANSFORM',
  CreateTrigStmt: 'CREATE TRIGGER',
  CreateUserMappingStmt: 'CREATE USER MAPPING',
  DeallocateStmt: (f) => (f.name === undefined ? 'DEALLOCATE ALL' : 'DEALLOCATE'),
  DeclareCursorStmt: 'DECLARE CURSOR',
  DefineStmt: (f) => `CREATE ${objectName(f.kind)}`,
  DeleteStmt: 'DELETE',
  DiscardStmt: (f) => (f.target ?? '').replace('_', ' '),
  DoStmt: 'DO',
  DropdbStmt: 'DROP DATABASE',
  DropOwnedStmt: 'DROP OWNED',
  DropRoleStmt: 'DROP ROLE',
  DropStmt: drop,
  DropSubscriptionStmt: 'DROP SUBSCRIPTION',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  DropUserMappingStmt: 'DROP USER MAPPING',
  ExecuteStmt: 'EXECUTE',
  ExplainStmt: 'EXPLAIN',
  FetchStmt: (f) => (f.ismove === true ? 'MOVE' : 'FETCH'),
  GrantRoleStmt: (f) => (f.is_grant === true ? 'GRANT ROLE' : 'REVOKE ROLE'),
  GrantStmt: (f) => (f.is_grant === true ? 'GRANT' : 'REVOKE'),
  ImportForeignSchemaStmt: 'IMPORT FOREIGN SCHEMA',
  IndexStmt: 'CREATE INDEX',
  InsertStmt: 'INSERT',
  ListenStmt: 'LISTEN',
  LoadStmt: 'LOAD',
  LockStmt: 'LOCK TABLE',
  MergeStmt: 'MERGE',
  NotifyStmt: 'NOTIFY',
  PrepareStmt: 'PREPARE',
  ReassignOwnedStmt: 'REASSIGN OWNED',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
  ReindexStmt: 'REINDEX',
  RenameStmt: renamed,
  ReplicaIdentityStmt: 'ALTER TABLE',
  RuleStmt: 'CREATE RULE',
  SecLabelStmt: 'SECURITY LABEL',
  SelectStmt: (f) => (f.intoClause === undefined ? 'SELECT' : 'SELECT INTO'),
  TransactionStmt: (f) => transactionTags[f.kind ?? ''] ?? 'BEGIN',
  TruncateStmt: 'TRUNCATE TABLE',
  UnlistenStmt: 'UNLISTEN',
  UpdateStmt: 'UPDATE',
  VacuumStmt: (f) => (f.is_vacuumcmd === true ? 'VACUUM' : 'ANALYZE'),
  VariableSetStmt: (f) => (f.kind === 'VAR_RESET' || f.kind === 'VAR_RESET_ALL' ? 'RESET' : 'SET'),
  VariableShowStmt: 'SHOW',
  ViewStmt: 'CREATE VIEW',
}

const transactionTags: Record<string, string> = {
  TRANS_STMT_BEGIN: 'BEGIN',
  TRANS_STMT_START: 'START TRANSACTION',
  TRANS_STMT_COMMIT: 'COMMIT',
  TRANS_STMT_ROLLBACK: 'ROLLBACK',
  TRANS_STMT_SAVEPOINT: 'SAVEPOINT',
  TRANS_STMT_RELEASE: 'RELEASE',
  TRANS_STMT_ROLLBACK_TO: 'ROLLBACK',
  TRANS_STMT_PREPARE: 'PREPARE TRANSACTION',
  TRANS_STMT_COMMIT_PREPARED: 'COMMIT PREPARED',
  TRANS_STMT_ROLLBACK_PREPARED: 'ROLLBACK PREPARED',
}

/** The tag that PostgreSQL knows a command by, such as `CREATE INDEX` (`CreateCommandTag` in its source). */
export function commandTag(tree: Tree): string {
  const tag = tags[tree.kind] as string | ((fields: object) => string) | undefined
  if (tag === undefined) return tree.kind
  return typeof tag === 'string' ? tag : tag(tree.fields)
}
