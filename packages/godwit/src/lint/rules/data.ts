import { as } from '../../sql/parser.js'
import { written } from '../names.js'
import type { Rule } from '../rule.js'
import { tableOf } from '../tables.js'

/** Rows. */
export const dataRules: readonly Rule[] = [
  {
    code: 'unbatched-data-change',
    level: 'warning',
    from: ['strong_migrations'],
    why: 'An UPDATE or DELETE of all rows locks every one of them until the end of the migration, doubles the table on disk, and holds back replicas. Batches of some thousand rows, each a transaction of its own, let others pass in between.',
    examples: {
      finds: 'UPDATE users SET active = true;',
      passes: 'UPDATE users SET active = true WHERE id BETWEEN 1 AND 5000;',
    },
    statement: (at) => {
      const update = as(at.tree, 'UpdateStmt')
      const remove = as(at.tree, 'DeleteStmt')
      const change = update ?? remove
      if (change === undefined || change.whereClause !== undefined) return []
      const table = tableOf(at, change.relation)
      if (table.isQuick) return []
      const primary = [...(table.relation?.constraints.values() ?? [])].find(({ kind }) => kind === 'primary')
      const key = written(primary?.columns[0] ?? 'id')
      return [
        {
          message: `All rows of ${table.name} stay locked until the migration ends.`,
          recipe: [
            '-- again and again, each in a transaction of its own, until it changes none:',
            `${at.statement.text} WHERE ${key} IN (SELECT ${key} FROM ${table.name} WHERE … LIMIT 5000);`,
          ],
        },
      ]
    },
  },
  {
    code: 'ban-duplicate-column-assignments',
    level: 'error',
    from: ['Squawk'],
    why: 'PostgreSQL refuses an UPDATE that sets one column twice; one of the two is a slip.',
    examples: {
      finds: 'UPDATE users SET a = 1, a = 2 WHERE id = 1;',
      passes: 'UPDATE users SET a = 1, b = 2 WHERE id = 1;',
    },
    statement: (at) => {
      const targets = (as(at.tree, 'UpdateStmt')?.targetList ?? []).flatMap((node) =>
        'ResTarget' in node && (node.ResTarget.indirection ?? []).length === 0 ? [node.ResTarget] : [],
      )
      const insert = as(at.tree, 'InsertStmt')
      const columns = (insert?.cols ?? []).flatMap((node) => ('ResTarget' in node ? [node.ResTarget] : []))
      const conflict = (insert?.onConflictClause?.targetList ?? []).flatMap((node) =>
        'ResTarget' in node ? [node.ResTarget] : [],
      )
      return [targets, columns, conflict].flatMap((list) =>
        list
          .filter(({ name }, index) => list.findIndex((each) => each.name === name) < index)
          .map(({ name = '', location }) => ({
            message: `${written(name)} is set twice.`,
            at: location,
            recipe: [`-- ${written(name)} once`],
          })),
      )
    },
  },
  {
    code: 'mixed-concerns',
    level: 'warning',
    from: ['strong_migrations', 'good practice'],
    why: 'One migration, one concern. Changing a table locks it until the migration ends; rows that are changed in the same migration keep everybody waiting for that lock, and what fails in one undoes the other. Schema first, rows in a migration of their own.',
    examples: {
      finds: "ALTER TABLE users ADD COLUMN role text;\nUPDATE users SET role = 'member' WHERE role IS NULL;",
      passes: "CREATE TABLE roles (name text);\nINSERT INTO roles VALUES ('member');",
    },
    migration: ({ concerns }) => {
      const { schema, data } = concerns
      if (schema === undefined || data === undefined) return []
      return [
        {
          message: `It changes the table ${schema.what} and rows of ${data.what}.`,
          place: data.statement.locate(0),
          recipe: ['-- in a migration of its own, behind this one:', `${data.statement.text};`],
        },
      ]
    },
  },
]
