import { nameParts } from './nodes.js'
import { as, type NodeKind, type Tree } from './parser.js'
import { leavesInSession } from './routine-body.js'
import type { Survey } from './survey.js'

/** What a statement may leave behind in its session. */
export interface SessionEffects {
  leavesSession: boolean
  /** A setting that is replayed when the migration is resumed in another session. */
  sessionSettings: boolean
  /** Leaves what cannot be made again in another session: rule 13. */
  blocksResume: boolean
  /** Chooses the isolation of its transaction, which only the first statements of it may. */
  setsTransaction?: true
}

/** Statements that leave nothing in the session, whatever expressions they store or run in a restricted context. */
const plain = new Set<NodeKind>(
  (
    'AlterCollationStmt AlterDatabaseRefreshCollStmt AlterDatabaseSetStmt AlterDatabaseStmt AlterDefaultPrivilegesStmt ' +
    'AlterEnumStmt AlterEventTrigStmt AlterFdwStmt AlterForeignServerStmt AlterFunctionStmt AlterObjectDependsStmt ' +
    'AlterObjectSchemaStmt AlterOperatorStmt AlterOpFamilyStmt AlterOwnerStmt AlterPolicyStmt AlterPublicationStmt ' +
    'AlterRoleSetStmt AlterRoleStmt AlterSeqStmt AlterStatsStmt AlterSubscriptionStmt AlterSystemStmt ' +
    'AlterTableMoveAllStmt AlterTableSpaceOptionsStmt AlterTSConfigurationStmt AlterTSDictionaryStmt AlterTypeStmt ' +
    'AlterUserMappingStmt CheckPointStmt ClosePortalStmt ClusterStmt CommentStmt CompositeTypeStmt ConstraintsSetStmt ' +
    'CreateAmStmt CreateCastStmt CreateConversionStmt CreatedbStmt CreateDomainStmt CreateEnumStmt CreateEventTrigStmt ' +
    'CreateFdwStmt CreateForeignServerStmt CreateForeignTableStmt CreateFunctionStmt CreateOpClassStmt ' +
    'CreateOpFamilyStmt CreatePolicyStmt CreatePublicationStmt CreateRangeStmt CreateRoleStmt CreateSchemaStmt ' +
    'CreateSeqStmt CreateStatsStmt CreateStmt CreateSubscriptionStmt CreateTableSpaceStmt CreateTransformStmt ' +
    'CreateTrigStmt CreateUserMappingStmt DefineStmt DropdbStmt DropOwnedStmt DropRoleStmt DropStmt ' +
    'DropSubscriptionStmt DropTableSpaceStmt DropUserMappingStmt GrantRoleStmt GrantStmt IndexStmt LockStmt NotifyStmt ' +
    'ReassignOwnedStmt RefreshMatViewStmt ReindexStmt RenameStmt RuleStmt SecLabelStmt TransactionStmt TruncateStmt ' +
    'VacuumStmt VariableShowStmt ViewStmt'
  ).split(' ') as NodeKind[],
)

/** Statements that run expressions: they leave nothing when every function they call is known to be harmless. */
const running = new Set<NodeKind>(
  'AlterDomainStmt AlterTableStmt CopyStmt CreateTableAsStmt DeleteStmt InsertStmt MergeStmt UpdateStmt'.split(
    ' ',
  ) as NodeKind[],
)

const harmless = new Set(
  (
    'abs array_agg array_length array_to_string btrim ceil char_length clock_timestamp concat concat_ws count current_database ' +
    'date_part date_trunc decode encode extract float8 floor format gen_random_uuid generate_series greatest initcap ' +
    'json_agg json_build_array json_build_object jsonb_agg jsonb_build_array jsonb_build_object jsonb_set left length ' +
    'lower lpad ltrim make_date make_interval max md5 min mod nextval now octet_length pg_get_serial_sequence position ' +
    'random regexp_replace repeat replace right round row_number rpad rtrim setval split_part starts_with ' +
    'statement_timestamp string_agg string_to_array strpos substr substring sum timezone to_char to_date to_json to_jsonb ' +
    'to_number to_timestamp to_tsvector transaction_timestamp trim trunc unnest upper uuid_generate_v1 uuid_generate_v4 ' +
    'uuidv4 uuidv7'
  ).split(' '),
)

/**
 * Conservative: only statements known to leave nothing say so (the folder's README lists what that cannot see, such as
 * triggers).
 */
export function sessionEffects(tree: Tree, { functions, temporary: named }: Survey): SessionEffects {
  const temporary = named && !tree.kind.startsWith('Drop')
  const setting = setsSession(tree)
  // What it sets is not known from its text, or stands beside something that must not be done again.
  const configures = !setting && functions.includes('set_config')
  const locks = functions.some((name) => name.includes('advisory_lock'))
  const block = as(tree, 'DoStmt')
  const hidden = block !== undefined && leavesInSession(block)
  return {
    leavesSession:
      temporary ||
      !(
        plain.has(tree.kind) ||
        isLocal(tree) ||
        (running.has(tree.kind) && functions.every((name) => harmless.has(name)))
      ),
    sessionSettings: setting,
    ...(setsTransaction(tree) ? { setsTransaction: true } : {}),
    blocksResume:
      temporary || locks || configures || hidden || tree.kind === 'PrepareStmt' || tree.kind === 'DeclareCursorStmt',
  }
}

const transactionModes = new Set(['transaction_isolation', 'transaction_read_only', 'transaction_deferrable'])

function setsTransaction(tree: Tree): boolean {
  const set = as(tree, 'VariableSetStmt')
  return set?.name?.startsWith('TRANSACTION') === true || transactionModes.has(set?.name ?? '')
}

/** SET LOCAL and SET TRANSACTION end with their transaction. */
function isLocal(tree: Tree): boolean {
  const set = as(tree, 'VariableSetStmt')
  if (set === undefined) return false
  return set.is_local === true || (set.kind === 'VAR_SET_MULTI' && set.name?.startsWith('TRANSACTION') === true)
}

function setsSession(tree: Tree): boolean {
  if (tree.kind === 'LoadStmt') return true
  if (tree.kind === 'VariableSetStmt') return !isLocal(tree)
  const select = as(tree, 'SelectStmt')
  if (select?.fromClause !== undefined || select?.targetList?.length !== 1) return false
  // what pg_dump writes: SELECT pg_catalog.set_config('search_path', '', false)
  const [target] = select.targetList
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined
  if (value === undefined || !('FuncCall' in value)) return false
  const call = value.FuncCall
  if (nameParts(call.funcname).at(-1) !== 'set_config') return false
  return call.args?.every((arg) => 'A_Const' in arg) === true
}
