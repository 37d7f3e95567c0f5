import { provesNotNull } from '../../impact/not-null.js'
import { isSerial } from '../../impact/type-text.js'
import { as, type Tree } from '../../sql/parser.js'
import { addedColumns, alterCommands } from '../commands.js'
import { columnsIn, written } from '../names.js'
import { notNullStatements } from '../not-null-statements.js'
import { apart } from '../recipe.js'
import type { At, Rule } from '../rule.js'
import type { NamedTable } from '../tables.js'

/** Columns that must have a value, or need not any more. */
export const nullRules: readonly Rule[] = [
  {
    code: 'adding-not-nullable-field',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas PG303', 'Atlas MF104'],
    why: 'SET NOT NULL reads every row while an AccessExclusive lock keeps everybody out of the table, and fails on the first NULL. Where a CHECK (… IS NOT NULL) that is valid says so already, PostgreSQL 12 and later believe it and read nothing; PostgreSQL 18 can add the NOT NULL itself NOT VALID.',
    examples: {
      finds: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
      passes:
        'ALTER TABLE users ADD CONSTRAINT email_is_set CHECK (email IS NOT NULL) NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT email_is_set;\nALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT email_is_set;',
      as: 'none',
    },
    statement: (at) =>
      alterCommands(at).flatMap(({ command, table, index }) => {
        const name = command.name ?? ''
        if (command.subtype !== 'AT_SetNotNull' || table.isQuick) return []
        const { relation } = table
        if (relation?.columns.get(name)?.notNull || provedBefore(at, table, name)) return []
        const { recipe, fix } = apart(notNullStatements(table, name, at.options.major), index)
        return [
          {
            message: `Nobody reads or writes ${table.name} until every ${written(name)} is looked at.`,
            recipe,
            ...(relation?.kind === 'partitioned' || fix === undefined ? {} : { fix }),
          },
        ]
      }),
  },
  {
    code: 'adding-required-field',
    level: 'error',
    from: ['Squawk', 'Atlas MF103'],
    why: 'A new NOT NULL column without a default cannot be added to a table that has rows: they would have no value. And the application that is running does not know the column: its inserts fail. Give it a default, or add it without NOT NULL, fill it, and forbid NULLs then.',
    examples: {
      finds: 'ALTER TABLE users ADD COLUMN role text NOT NULL;',
      passes: "ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'member';",
    },
    statement: (at) =>
      addedColumns(at).flatMap(({ column, constraints, table }) => {
        const has = (kind: string) => constraints.some(({ contype }) => contype === kind)
        const filled =
          has('CONSTR_DEFAULT') || has('CONSTR_GENERATED') || has('CONSTR_IDENTITY') || isSerial(column.typeName)
        if (filled || table.isNew || !(has('CONSTR_NOTNULL') || has('CONSTR_PRIMARY'))) return []
        if (at.options.live && table.relation?.bytes === 0) return []
        const name = written(column.colname ?? '')
        return [
          {
            message: `It fails where ${table.name} has rows, and inserts that do not name ${name} fail from then on.`,
            at: column.location,
            recipe: [
              '-- with a value for every row:',
              `ALTER TABLE ${table.name} ADD COLUMN ${name} … NOT NULL DEFAULT …;`,
              '-- or without NOT NULL; then fill it in batches, and, each in a transaction of its own:',
              ...notNullStatements(table, column.colname ?? '', at.options.major).map((each) => `${each};`),
            ],
          },
        ]
      }),
  },
  {
    code: 'ban-drop-not-null',
    level: 'warning',
    from: ['Squawk'],
    why: 'Who reads the column counts on a value: a program that is running may fail on the first NULL. Release code that can do without it first.',
    examples: {
      finds: 'ALTER TABLE users ALTER COLUMN email DROP NOT NULL;',
      passes: 'ALTER TABLE users ALTER COLUMN email DROP DEFAULT;',
    },
    statement: (at) =>
      alterCommands(at).flatMap(({ command, table }) => {
        if (command.subtype !== 'AT_DropNotNull' || table.isNew) return []
        const name = written(command.name ?? '')
        return [
          {
            message: `Readers of ${table.name}.${name} may meet a NULL from here on.`,
            recipe: [
              `-- 1. release code that reads ${table.name}.${name} when it is NULL`,
              `-- 2. ${at.statement.text};`,
              '-- the way back, once no row holds a NULL:',
              ...notNullStatements(table, command.name ?? '', at.options.major).map((each) => `${each};`),
            ],
          },
        ]
      }),
  },
]

/** By a CHECK of the schema, or, where the table is not known, by one that the migration itself adds and validates. */
function provedBefore(at: At, table: NamedTable, column: string): boolean {
  if (table.relation !== undefined && provesNotNull(table.relation, column)) return true
  if (table.relation !== undefined) return false
  const adds = at.before.flatMap((tree) => checksOf(tree, table.bare))
  const check = adds.find(({ expression }) => expression === column)
  if (check === undefined) return false
  return check.valid || at.before.some((tree) => validates(tree, table.bare, check.name))
}

function checksOf(tree: Tree, table: string): { name: string; expression: string; valid: boolean }[] {
  const alter = as(tree, 'AlterTableStmt')
  if (alter?.relation?.relname !== table) return []
  return (alter.cmds ?? []).flatMap((node) => {
    const def = 'AlterTableCmd' in node ? node.AlterTableCmd.def : undefined
    if (def === undefined || !('Constraint' in def)) return []
    const { raw_expr, conname = '', skip_validation } = def.Constraint
    if (raw_expr === undefined || !('NullTest' in raw_expr) || raw_expr.NullTest.nulltesttype !== 'IS_NOT_NULL')
      return []
    const [expression = ''] = columnsIn(raw_expr)
    return [{ name: conname, expression, valid: skip_validation !== true }]
  })
}

function validates(tree: Tree, table: string, name: string): boolean {
  const alter = as(tree, 'AlterTableStmt')
  if (alter?.relation?.relname !== table) return false
  return (alter.cmds ?? []).some(
    (node) =>
      'AlterTableCmd' in node &&
      node.AlterTableCmd.subtype === 'AT_ValidateConstraint' &&
      node.AlterTableCmd.name === name,
  )
}
