import { relative } from 'node:path'
import { type ErrorDetails, GodwitError } from '../../errors.js'
import { reasonOf } from '../../loading/error-facts.js'
import { placeOfEntity } from './entity-places.js'
import type { EntityMetadata } from './typeorm-shapes.js'

/** What TypeORM says of entities that it cannot make sense of, with the file of the one it names. */
export function entityError(error: unknown, entities: readonly unknown[], file: string, projectDir: string): unknown {
  if (!isTypeormError(error)) return error
  const reason = reasonOf(error)
  const named = entities.find((entity) => typeof entity === 'function' && mentions(reason, entity.name))
  return new GodwitError(
    'GODWIT_TYPEORM_ENTITIES',
    { file, reason },
    { cause: error, ...detailsOf(named, projectDir), ...adviceOn(reason) },
  )
}

/**
 * Two entities for one table: TypeORM makes one table of both, or changes it again and again.
 *
 * @throws GODWIT_TYPEORM_TWO_ENTITIES
 */
export function refuseTwoForOneTable(entities: readonly EntityMetadata[], projectDir: string): void {
  const first = new Map<string, EntityMetadata>()
  for (const entity of entities) {
    // Children in one table with their parent, and tables that only join, share it on purpose.
    if (!entity.synchronize || !['regular', 'view'].includes(entity.tableType)) continue
    const other = first.get(entity.tablePath)
    first.set(entity.tablePath, entity)
    if (other === undefined) continue
    const both = [other, entity].map(({ name, target }) => {
      const { file = null } = detailsOf(target, projectDir)
      return { name, file }
    })
    const facts = { table: entity.tablePath, entities: both }
    throw new GodwitError('GODWIT_TYPEORM_TWO_ENTITIES', facts, detailsOf(entity.target, projectDir))
  }
}

/**
 * An entity for the table that joins a relation, with other columns: TypeORM makes it as one of them says, and changes it for
 * the other. With the same columns both are one on purpose.
 *
 * @throws GODWIT_TYPEORM_JOIN_TABLE
 */
export function refuseEntityForJoinTable(entities: readonly EntityMetadata[], projectDir: string): void {
  const own = new Map(
    entities
      .filter(({ synchronize, tableType }) => synchronize && tableType === 'regular')
      .map((entity) => [entity.tablePath, entity]),
  )
  for (const { name, target, manyToManyRelations } of entities) {
    for (const { propertyPath, isOwning, junctionEntityMetadata: junction } of manyToManyRelations) {
      const entity = own.get(junction?.tablePath ?? '')
      if (!isOwning || !junction?.synchronize || entity === undefined) continue
      if (columnsOf(entity) === columnsOf(junction)) continue
      const fileOf = (of: unknown) => detailsOf(of, projectDir).file ?? null
      const facts = {
        table: junction.tablePath,
        entity: { name: entity.name, file: fileOf(entity.target) },
        relation: { name: `${name}#${propertyPath}`, file: fileOf(target) },
      }
      throw new GodwitError('GODWIT_TYPEORM_JOIN_TABLE', facts, detailsOf(entity.target, projectDir))
    }
  }
}

/**
 * A table that TypeORM cannot look for: it writes the name between apostrophes as it is.
 *
 * @throws GODWIT_TYPEORM_ENTITIES
 */
export function refuseApostrophe(entities: readonly EntityMetadata[], file: string, projectDir: string): void {
  const entity = entities.find(({ synchronize, tablePath }) => synchronize && tablePath.includes("'"))
  if (entity === undefined) return
  const reason = `${entity.name} is for the table "${entity.tablePath}", and TypeORM cannot look for a name that holds an apostrophe`
  throw new GodwitError('GODWIT_TYPEORM_ENTITIES', { file, reason }, detailsOf(entity.target, projectDir))
}

function columnsOf({ columns }: EntityMetadata): string {
  return columns
    .map(({ databaseName }) => databaseName)
    .sort()
    .join('\0')
}

function detailsOf(entity: unknown, projectDir: string): Pick<ErrorDetails, 'file' | 'line'> {
  const place = placeOfEntity(entity)
  return place === undefined ? {} : { file: relative(projectDir, place.file), line: place.line }
}

function adviceOn(reason: string): Pick<ErrorDetails, 'hint'> {
  const relation = /^Entity metadata for (\S+) was not found/.exec(reason)?.[1]
  if (relation !== undefined)
    return {
      hint: `What ${relation} leads to is no entity of the data source: decorate that class with @Entity(), and list it in 'entities'. Nothing was written.`,
    }
  const column = /^Data type "[^"]*" in "([^"]*)"/.exec(reason)?.[1]
  if (column !== undefined)
    return { hint: `Say the type of ${column}, one that PostgreSQL has: @Column('text'). Nothing was written.` }
  return {}
}

function mentions(text: string, name: string): boolean {
  return text.split(/[^\p{L}\p{N}_$]+/u).includes(name)
}

// There may be several copies of TypeORM.
function isTypeormError(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = Object.getPrototypeOf(at) as unknown)
    if (at.constructor.name === 'TypeORMError') return true
  return false
}
