import type { SeedRow } from '../../databases/seeding.js'
import { nearestTo } from '../../engine/find-name.js'
import type { FoundEntity } from '../contract.js'
import type { ColumnMetadata, DataSource, EntityMetadata } from './typeorm-shapes.js'

/** A column with the value that a row gives it. */
interface Given {
  column: ColumnMetadata
  property: string
  value: unknown
}

/** The columns behind a property: its own, those of a relation, or those of an embedded object. */
export function columnsOf({ columns, relations }: EntityMetadata, property: string): ColumnMetadata[] {
  const relation = relations.find(({ propertyName }) => propertyName === property)
  if (relation !== undefined) return relation.isManyToOne || relation.isOneToOneOwner ? relation.joinColumns : []
  const own = columns.find(({ propertyPath }) => propertyPath === property)
  if (own !== undefined) return [own]
  return columns.filter(({ propertyPath }) => propertyPath.startsWith(`${property}.`))
}

/** Saves a new row, with the hooks of its entity. */
export async function insertEntity(dataSource: DataSource, entity: unknown, row: SeedRow): Promise<void> {
  const metadata = dataSource.getMetadata(entity)
  const repository = dataSource.getRepository(entity)
  await repository.save(repository.create(asEntity(metadata, row)))
}

/** A row of an entity that is there. */
export class SavedEntity implements FoundEntity {
  readonly #dataSource: DataSource
  readonly #entity: unknown
  readonly #found: Readonly<Record<string, unknown>>

  private constructor(dataSource: DataSource, entity: unknown, found: Record<string, unknown>) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#found = found
  }

  /** Looks in the table itself: the ORM would leave out rows that count as deleted, and columns that are not selected. */
  static async find(
    dataSource: DataSource,
    entity: unknown,
    where: SeedRow,
    properties: readonly string[],
  ): Promise<SavedEntity | undefined> {
    const metadata = dataSource.getMetadata(entity)
    refuseUnknown(metadata, properties)
    const wanted = [...metadata.primaryColumns, ...properties.flatMap((property) => columnsOf(metadata, property))]
    const list = [...new Set(wanted.map(({ databaseName }) => `${escaped(dataSource, databaseName)}::text`))]
    const given = givenBy(metadata, where)
    const conditions = given.map(({ column }, i) => `${escaped(dataSource, column.databaseName)} = $${i + 1}`)
    const [found] = await dataSource.query(
      `SELECT ${list.join(', ')} FROM ${tableOf(dataSource, metadata)} WHERE ${conditions.join(' AND ')}`,
      given.map((each) => persistent(dataSource, each)),
    )
    return found === undefined ? undefined : new SavedEntity(dataSource, entity, found)
  }

  valueOf(property: string): unknown {
    const [column] = columnsOf(this.#metadata, property)
    return column === undefined ? undefined : this.#found[column.databaseName]
  }

  // The server compares: it knows that 1.50 is 1.5, and what two documents have in common.
  async differing(row: SeedRow): Promise<string[]> {
    const dataSource = this.#dataSource
    const given = givenBy(this.#metadata, row)
    if (given.length === 0) return []
    const values = given.map((each) => persistent(dataSource, each))
    const same = given.map(({ column }, i) => {
      const [name, as] = [escaped(dataSource, column.databaseName), comparedAs(column)]
      return `${name}${as} IS NOT DISTINCT FROM $${i + 1}${as} AS "${i}"`
    })
    const primary = this.#metadata.primaryColumns
    const where = primary.map(
      ({ databaseName }, i) => `${escaped(dataSource, databaseName)} = $${given.length + i + 1}`,
    )
    const [answer] = await dataSource.query(
      `SELECT ${same.join(', ')} FROM ${tableOf(dataSource, this.#metadata)} WHERE ${where.join(' AND ')}`,
      [...values, ...primary.map(({ databaseName }) => this.#found[databaseName])],
    )
    return [...new Set(given.filter((_, i) => answer?.[i] !== true).map(({ property }) => property))]
  }

  async update(row: SeedRow, properties: readonly string[]): Promise<void> {
    const metadata = this.#metadata
    const repository = this.#dataSource.getRepository(this.#entity)
    const where = Object.fromEntries(
      metadata.primaryColumns.map(({ propertyName, databaseName }) => [propertyName, this.#found[databaseName]]),
    )
    const entity = await repository.findOne({ where, withDeleted: true, loadEagerRelations: false })
    if (entity === null) throw new Error(`TypeORM does not find the ${metadata.name} that is in its table`)
    const values = Object.fromEntries(properties.map((property) => [property, row[property]]))
    await repository.save(repository.merge(entity, asEntity(metadata, values)))
  }

  get #metadata(): EntityMetadata {
    return this.#dataSource.getMetadata(this.#entity)
  }
}

function givenBy(metadata: EntityMetadata, row: SeedRow): Given[] {
  const whole = asEntity(metadata, row)
  return Object.keys(row).flatMap((property) =>
    columnsOf(metadata, property)
      .map((column) => ({ column, property, value: row[property] === null ? null : column.getEntityValue(whole) }))
      .filter(({ value }) => value !== undefined),
  )
}

// A relation may be given as the value of the column that it points to.
function asEntity({ relations }: EntityMetadata, row: SeedRow): object {
  const result: Record<string, unknown> = { ...row }
  for (const { propertyName, joinColumns } of relations) {
    const value = result[propertyName]
    const [join, ...more] = joinColumns
    if (join?.referencedColumn === undefined || more.length > 0) continue
    if (value !== undefined && value !== null && typeof value !== 'object')
      result[propertyName] = { [join.referencedColumn.propertyName]: value }
  }
  return result
}

function persistent({ driver }: DataSource, { column, value }: Given): unknown {
  return value === null ? null : driver.preparePersistentValue(value, column.referencedColumn ?? column)
}

function comparedAs({ type }: ColumnMetadata): string {
  if (type === 'json' || type === 'jsonb' || type === 'simple-json') return '::jsonb'
  return type === 'xml' || type === 'point' || type === 'polygon' ? '::text' : ''
}

function refuseUnknown(metadata: EntityMetadata, properties: readonly string[]): void {
  const { name, columns, relations } = metadata
  const known = [...columns.map(({ propertyPath }) => propertyPath), ...relations.map((each) => each.propertyName)]
  for (const property of properties) {
    if (known.includes(property) || columnsOf(metadata, property).length > 0) continue
    const nearest = nearestTo(property, known)
    const advice = nearest === undefined ? '' : `; did you mean '${nearest}'?`
    throw new Error(`${name} has no property '${property}'${advice}`)
  }
}

function tableOf(dataSource: DataSource, { tablePath }: EntityMetadata): string {
  return tablePath
    .split('.')
    .map((part) => escaped(dataSource, part))
    .join('.')
}

function escaped({ driver }: DataSource, name: string): string {
  return driver.escape(name)
}
