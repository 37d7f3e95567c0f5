import type { Relation, Schema } from '../impact/schema.js'
import { as, type Tree } from '../sql/parser.js'
import { literal, qualified } from '../sql/quote.js'
import type { Check } from './check.js'

// Only its owner may do these to a table.
const ofOwner = new Set(['AlterTableStmt', 'IndexStmt', 'RenameStmt', 'RuleStmt', 'CreatePolicyStmt'])

/** What the role may not do, and what the server does not have. */
export function serverChecks(tree: Tree, schema: Schema): Check[] {
  const extension = as(tree, 'CreateExtensionStmt')
  if (extension?.extname !== undefined) return [available(extension.extname, extension.if_not_exists === true)]
  const made = as(tree, 'CreateStmt') ?? as(tree, 'ViewStmt')
  if (made !== undefined) {
    const name = 'view' in made ? made.view : 'relation' in made ? made.relation : undefined
    if (name?.relpersistence === 't' || name?.schemaname === 'pg_temp') return []
    return [mayCreate(schema.schemaFor(name))]
  }
  if (!ofOwner.has(tree.kind)) return []
  const table = schema.find((tree.fields as { relation?: { relname?: string; schemaname?: string } }).relation)
  return table === undefined ? [] : mustOwn(table)
}

function mustOwn({ now }: Relation): Check[] {
  if (now === undefined) return []
  const name = literal(qualified(now.schema, now.name))
  const query = `SELECT ${literal(`the role may not change ${now.name}: it does not own it (its owner: `)} || pg_get_userbyid(c.relowner) || ')' AS says
    FROM pg_class c WHERE c.oid = to_regclass(${name}) AND NOT pg_has_role(c.relowner, 'USAGE')`
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
