import type { DropStmt, Node } from 'libpg-query'
import { referredIn } from '../impact/alter-table-locks.js'
import { namesIn } from '../impact/named.js'
import type { Relation, Schema } from '../impact/schema.js'
import { as, type Tree } from '../sql/parser.js'
import { literal, qualified } from '../sql/quote.js'
import type { Check } from './check.js'
import { rightsOfQueries } from './rights-of-queries.js'

// Only its owner may do these to a table.
const ofOwner = new Set(['AlterTableStmt', 'IndexStmt', 'RenameStmt', 'RuleStmt', 'AlterObjectSchemaStmt'])

/** What the role may not do, and what the server does not have. */
export function serverChecks(tree: Tree, schema: Schema): Check[] {
  const extension = as(tree, 'CreateExtensionStmt')
  if (extension?.extname !== undefined) return [available(extension.extname, extension.if_not_exists === true)]
  return schema.rightsChanged ? [] : rightsOf(tree, schema)
}

function rightsOf(tree: Tree, schema: Schema): Check[] {
  const made = as(tree, 'CreateStmt') ?? as(tree, 'ViewStmt')
  if (made !== undefined) {
    const name = 'view' in made ? made.view : 'relation' in made ? made.relation : undefined
    if (name?.relpersistence === 't' || name?.schemaname === 'pg_temp') return []
    const elements = 'tableElts' in made ? (made.tableElts ?? []) : []
    return [mayCreate(schema.schemaFor(name)), ...mayReferTo(elements, schema)]
  }
  const dropped = as(tree, 'DropStmt')
  if (dropped !== undefined) return mayDrop(dropped, schema)
  if (tree.kind === 'CreateSchemaStmt') return [mayCreateSchema]
  const commands = as(tree, 'AlterTableStmt')?.cmds ?? []
  const defs = commands.flatMap((node) => ('AlterTableCmd' in node ? (node.AlterTableCmd.def ?? []) : []))
  const policy = as(tree, 'CreatePolicyStmt')
  if (!ofOwner.has(tree.kind) && policy === undefined) return rightsOfQueries(tree, schema)
  const named = policy?.table ?? (tree.fields as { relation?: { relname?: string; schemaname?: string } }).relation
  const table = schema.find(named)
  return [...(table === undefined ? [] : mustOwn(table)), ...mayReferTo(defs, schema)]
}

const tables = new Set<DropStmt['removeType']>(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_INDEX'])

// The owner of its schema may do so, too.
function mayDrop({ removeType, objects = [] }: DropStmt, schema: Schema): Check[] {
  if (!tables.has(removeType)) return []
  return objects.flatMap((object) => {
    const relation = schema.findParts(namesIn(object))
    return relation === undefined ? [] : mustOwn(relation, " AND NOT pg_has_role(n.nspowner, 'USAGE')")
  })
}

function mayReferTo(defs: readonly Node[], schema: Schema): Check[] {
  return defs.flatMap(referredIn).flatMap((name) => {
    const now = schema.find(name)?.now
    if (now === undefined) return []
    const table = `to_regclass(${literal(qualified(now.schema, now.name))})`
    const query = `SELECT ${literal(`the role may not refer to ${now.name}: it lacks REFERENCES`)} AS says
      WHERE NOT has_any_column_privilege(${table}, 'REFERENCES')`
    return [{ kind: 'server', code: 'missing-right', severity: 'error', query }]
  })
}

// Asked for also where IF NOT EXISTS finds it.
const mayCreateSchema: Check = {
  kind: 'server',
  code: 'missing-right',
  severity: 'error',
  query: `SELECT 'the role may not make a schema in this database' AS says
    WHERE NOT has_database_privilege(current_database(), 'CREATE')`,
}

function mustOwn({ now }: Relation, unless = ''): Check[] {
  if (now === undefined) return []
  const name = literal(qualified(now.schema, now.name))
  const query = `SELECT ${literal(`the role may not change ${now.name}: it does not own it (its owner: `)} || pg_get_userbyid(c.relowner) || ')' AS says
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = to_regclass(${name}) AND NOT pg_has_role(c.relowner, 'USAGE')${unless}`
  return [{ kind: 'server', code: 'missing-right', severity: 'error', query }]
}

function mayCreate(name: string): Check {
  const query = `SELECT ${literal(`the role may not make anything in the schema ${name}`)} AS says
    FROM pg_namespace n WHERE n.nspname = ${literal(name)} AND NOT has_schema_privilege(n.oid, 'CREATE')`
  return { kind: 'server', code: 'missing-right', severity: 'error', query }
}

function available(name: string, unlessThere: boolean): Check {
  const query = `SELECT ${literal(`the server does not have the extension ${name}`)} AS says
    WHERE NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = ${literal(name)})${unlessThere ? ` AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = ${literal(name)})` : ''}`
  return { kind: 'server', code: 'missing-extension', severity: 'error', query }
}
