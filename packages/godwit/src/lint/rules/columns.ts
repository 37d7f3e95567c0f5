import { addingRewrites, retypingRewrites } from '../../impact/rewrites.js'
import { typeText } from '../../impact/type-text.js'
import { as } from '../../sql/parser.js'
import { addedColumns, alterCommands } from '../commands.js'
import { written } from '../names.js'
import type { Found, Rule } from '../rule.js'
import { type NamedTable, tableOf } from '../tables.js'

/** Columns that come, go, or become something else. */
export const columnRules: readonly Rule[] = [
  {
    code: 'adding-field-with-default',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas PG302'],
    why: 'A new column gets one default for all rows without touching them (PostgreSQL 11 and later) only where that is the same for every row. With a volatile default, a serial, an identity or a stored expression every row is written anew, with all indexes, while an AccessExclusive lock keeps everybody out.',
    examples: {
      finds: 'ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();',
      passes: 'ALTER TABLE users ADD COLUMN joined timestamptz DEFAULT now();',
    },
    statement: (at) =>
      addedColumns(at).flatMap(({ column, table, constraints }) => {
        if (table.isQuick || !addingRewrites(column, at.schema)) return []
        return [
          {
            message: `${table.name} is written anew, row by row, while nobody reads or writes it.`,
            at: constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.location ?? column.location,
            recipe: withoutRewrite(table, written(column.colname ?? ''), typeText(column.typeName)),
          },
        ]
      }),
  },
  {
    code: 'changing-column-type',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas PG301'],
    why: 'Another type writes every row and every index anew while an AccessExclusive lock keeps everybody out, unless the old bytes are right for the new type, as for a longer varchar. And a program that is running may not expect the new type. Add a column of the new type, fill it, and change over.',
    examples: {
      finds: 'ALTER TABLE users ALTER COLUMN age TYPE bigint;',
      passes: 'CREATE TABLE users (name varchar(20));\nALTER TABLE users ALTER COLUMN name TYPE varchar(40);',
    },
    statement: (at) =>
      alterCommands(at).flatMap(({ command, table }) => {
        const { subtype, def, name = '' } = command
        if (subtype !== 'AT_AlterColumnType' || def === undefined || !('ColumnDef' in def) || table.isQuick) return []
        const column = table.relation?.columns.get(name)
        if (column !== undefined && !retypingRewrites(column, def.ColumnDef, at.schema)) return []
        const type = typeText(def.ColumnDef.typeName)
        const from = column === undefined ? '' : ` from ${column.type}`
        return [
          {
            message: `Changing ${table.name}.${written(name)}${from} to ${type} writes ${table.name} anew${column === undefined ? ', unless its type now is stored alike,' : ''} while nobody reads or writes it.`,
            recipe: retype(table, written(name), written(`${name}_new`), type),
          },
        ]
      }),
  },
  {
    code: 'ban-drop-column',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas DS103'],
    why: 'What the column holds is gone for good, and a program that is running still names the column, as an ORM does in every SELECT. Release code that does not know it first.',
    examples: {
      finds: 'ALTER TABLE users DROP COLUMN nick;',
      passes: 'ALTER TABLE users ALTER COLUMN nick DROP DEFAULT;',
    },
    statement: (at) =>
      alterCommands(at).flatMap(({ command, table }) => {
        if (command.subtype !== 'AT_DropColumn' || table.isNew) return []
        const name = written(command.name ?? '')
        return [
          {
            message: `What ${table.name}.${name} holds is lost, and programs that name it fail.`,
            recipe: [
              `-- 1. release code that does not name ${table.name}.${name} any more`,
              '-- 2. keep what may be needed again:',
              `CREATE TABLE ${written(`${table.bare}_${command.name ?? ''}_kept`)} AS SELECT ${keyOf(table)}, ${name} FROM ${table.name};`,
              '-- 3. in a later migration:',
              `ALTER TABLE ${table.name} DROP COLUMN ${name};`,
            ],
          },
        ]
      }),
  },
  {
    code: 'renaming-column',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas BC102'],
    why: 'From the moment it is renamed, every program that is running fails on the old name, until all of them are replaced. Add the new column, write both, fill it, read the new one, and drop the old one in a later release.',
    examples: {
      finds: 'ALTER TABLE users RENAME COLUMN name TO full_name;',
      passes: 'ALTER INDEX users_name_idx RENAME TO users_full_name_idx;',
    },
    statement: (at) => {
      const rename = as(at.tree, 'RenameStmt')
      if (rename?.renameType !== 'OBJECT_COLUMN') return []
      const table = tableOf(at, rename.relation)
      if (table.isNew) return []
      return [renamed(table, rename.subname ?? '', rename.newname ?? '')]
    },
  },
]

function renamed(table: NamedTable, from: string, to: string): Found {
  const type = table.relation?.columns.get(from)?.type ?? '…'
  return {
    message: `Programs that read or write ${table.name}.${written(from)} fail at once.`,
    recipe: [
      '-- 1. in this migration:',
      `ALTER TABLE ${table.name} ADD COLUMN ${written(to)} ${type};`,
      `-- 2. release code that writes both; fill ${written(to)} in batches:`,
      `UPDATE ${table.name} SET ${written(to)} = ${written(from)} WHERE ${keyOf(table)} BETWEEN … AND … AND ${written(to)} IS DISTINCT FROM ${written(from)};`,
      `-- 3. release code that knows ${written(to)} alone; then, in a later migration:`,
      `ALTER TABLE ${table.name} DROP COLUMN ${written(from)};`,
    ],
  }
}

function withoutRewrite(table: NamedTable, name: string, type: string): string[] {
  return [
    `ALTER TABLE ${table.name} ADD COLUMN ${name} ${type};`,
    `ALTER TABLE ${table.name} ALTER COLUMN ${name} SET DEFAULT …;`,
    '-- rows that were there, in batches, each a transaction of its own:',
    `UPDATE ${table.name} SET ${name} = … WHERE ${keyOf(table)} BETWEEN … AND … AND ${name} IS NULL;`,
  ]
}

function retype(table: NamedTable, name: string, fresh: string, type: string): string[] {
  return [
    `ALTER TABLE ${table.name} ADD COLUMN ${fresh} ${type};`,
    '-- write both from here on, in the application or by a trigger; old rows in batches, each a transaction of its own:',
    `UPDATE ${table.name} SET ${fresh} = ${name}::${type} WHERE ${keyOf(table)} BETWEEN … AND … AND ${fresh} IS NULL;`,
    '-- then, in one transaction:',
    `ALTER TABLE ${table.name} DROP COLUMN ${name};`,
    `ALTER TABLE ${table.name} RENAME COLUMN ${fresh} TO ${name};`,
  ]
}

/** The column that rows are counted through by, as far as it is known. */
function keyOf({ relation }: NamedTable): string {
  const primary = [...(relation?.constraints.values() ?? [])].find(({ kind }) => kind === 'primary')
  return written(primary?.columns[0] ?? 'id')
}
