import 'reflect-metadata'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataSource } from 'typeorm'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportsOf, loadModule } from '../../src/loading/load-module.js'
import { buildImportWorker } from './built-loader.js'

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures')

type Class = new () => object

function typeOf(entity: unknown, property: string): unknown {
  return Reflect.getMetadata('design:type', (entity as Class).prototype, property)
}

/** What `initialize()` does before it connects. */
function buildMetadatas(source: DataSource): Promise<void> {
  return (source as unknown as { buildMetadatas(): Promise<void> }).buildMetadatas()
}

beforeAll(buildImportWorker)

describe.each([
  ['CommonJS', 'entities-cjs'],
  ['ES modules', 'entities-esm'],
])('TypeORM entities that import each other, as %s', (_kind, folder) => {
  const projectDir = join(fixtures, folder)
  let entities: Record<'User' | 'Project' | 'Profile', unknown>

  beforeAll(async () => {
    rmSync(join(projectDir, '.godwit'), { recursive: true, force: true })
    entities = exportsOf(await loadModule('src/entities/index.ts', { projectDir })) as typeof entities
  })

  it('loads them through barrels and aliases', () => {
    expect(Object.keys(entities).sort()).toEqual(['Profile', 'Project', 'User'])
  })

  it('keeps the metadata of what is known, and Object for what is still on its way', () => {
    expect(typeOf(entities.User, 'nickname')).toBe(String)
    expect(typeOf(entities.User, 'role')).toBe(String)
    expect(typeOf(entities.User, 'projects')).toBe(Array)
    expect(typeOf(entities.User, 'stamp')).toBe(Object)
    expect(typeOf(entities.Profile, 'born')).toBe(Date)
    expect(typeOf(entities.Project, 'title')).toBe(String)
    const circular = [typeOf(entities.Project, 'owner'), typeOf(entities.User, 'profile')]
    for (const type of circular) expect([Object, entities.User, entities.Profile]).toContain(type)
  })

  it('writes parameter properties and leaves declared fields undefined', () => {
    const user = new (entities.User as Class)() as { remark(): string }
    expect(user.remark()).toBe('by parameter property')
    expect(Object.keys(user)).toEqual(['note'])
  })

  it('gives TypeORM what it needs to build its own metadata', async () => {
    const loaded = exportsOf(await loadModule('src/data-source.ts', { projectDir })) as { dataSource: DataSource }
    expect(Object.keys(loaded)).toEqual(['dataSource'])
    const source = loaded.dataSource
    expect(source.options.entities).toEqual([entities.User, entities.Project, entities.Profile])
    expect(source.options.migrations).toEqual([join(projectDir, 'src/migrations/*.ts')])
    await buildMetadatas(source)
    const user = source.getMetadata(entities.User as Class)
    expect(user.columns.map((column) => [column.propertyName, column.type])).toEqual([
      ['createdAt', 'timestamp'],
      ['id', 'uuid'],
      ['nickname', String],
      ['role', String],
      ['stamp', 'simple-json'],
    ])
    expect(user.relations.map((relation) => relation.inverseEntityMetadata.name)).toEqual(['Project', 'Profile'])
  })

  it('gives the same classes to the globs that TypeORM imports itself', async () => {
    const source = new DataSource({ type: 'postgres', entities: [join(projectDir, 'src/entities/*.entity.ts')] })
    await buildMetadatas(source)
    expect(source.hasMetadata(entities.User as Class)).toBe(true)
    expect(source.entityMetadatas).toHaveLength(3)
  })
})
