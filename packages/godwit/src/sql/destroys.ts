import type { Node, ObjectType } from 'libpg-query'
import { nameParts, relationName } from './nodes.js'
import { as, onlyStores, type Tree } from './parser.js'
import type { Survey } from './survey.js'
import { objectName } from './tags.js'

/** Objects that hold data of their own; what others hold can be made again from the migration. */
const holders = new Set<ObjectType>([
  'OBJECT_TABLE',
  'OBJECT_SCHEMA',
  'OBJECT_MATVIEW',
  'OBJECT_SEQUENCE',
  'OBJECT_FOREIGN_TABLE',
])

/** Objects whose CASCADE takes columns along. */
const carriers = new Set<ObjectType>(['OBJECT_TYPE', 'OBJECT_DOMAIN', 'OBJECT_EXTENSION'])

/** What data a statement takes away, each in words: `table users`, `column users.email`, `rows of users`. */
export function destroyedBy(tree: Tree, { deletes }: Survey): string[] {
  const found: string[] = []
  const drop = as(tree, 'DropStmt')
  if (drop?.removeType !== undefined) {
    const cascades = drop.behavior === 'DROP_CASCADE' && carriers.has(drop.removeType)
    if (cascades || holders.has(drop.removeType)) {
      const kind = objectName(drop.removeType).toLowerCase()
      for (const object of drop.objects ?? []) {
        found.push(`${kind} ${droppedName(object)}${cascades ? ' with every column that uses it' : ''}`)
      }
    }
  }
  const alter = as(tree, 'AlterTableStmt')
  for (const node of alter?.cmds ?? []) {
    if (!('AlterTableCmd' in node) || node.AlterTableCmd.subtype !== 'AT_DropColumn') continue
    const what = alter?.objtype === 'OBJECT_TYPE' ? 'attribute' : 'column'
    found.push(`${what} ${relationName(alter?.relation)}.${node.AlterTableCmd.name ?? ''}`)
  }
  for (const node of as(tree, 'TruncateStmt')?.relations ?? []) {
    if ('RangeVar' in node) found.push(`rows of ${relationName(node.RangeVar)}`)
  }
  for (const each of onlyStores(tree) ? [] : deletes) {
    if (each.whereClause === undefined) found.push(`rows of ${relationName(each.relation)}`)
  }
  const database = as(tree, 'DropdbStmt')
  if (database !== undefined) found.push(`database ${database.dbname ?? ''}`)
  for (const node of as(tree, 'DropOwnedStmt')?.roles ?? []) {
    if ('RoleSpec' in node) found.push(`everything owned by ${node.RoleSpec.rolename ?? 'the current role'}`)
  }
  return found
}

function droppedName(object: Node): string {
  if ('List' in object) return nameParts(object.List.items).join('.')
  if ('TypeName' in object) return nameParts(object.TypeName.names).join('.')
  return nameParts([object]).join('.')
}
