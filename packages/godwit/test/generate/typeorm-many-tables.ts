import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GenerateOptions } from '../../src/project/generate.js'
import { openProject } from '../../src/project/open.js'
import { createProject, type Version } from '../formats/typeorm/support/project.js'

/** More than TypeORM is given at once, each with something of every kind that it asks about. */
function entities(count: number, more: (number: number) => string = () => ''): string {
  const each = (number: number) => `
@Index(['name', 'kind'])
@Check('"amount" > ${number}')
@Unique(['amount', 'kind'])
@Entity('table_${number}', { comment: 'number ${number}' })
export class Table${number} {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60, comment: 'what it is called' }) name!: string
  @Column('enum', { enum: ['a${number}', 'b'], enumName: 'kind_${number}', default: 'b' }) kind!: string
  @Column('numeric', { precision: 10, scale: 2, default: 1000 }) amount!: string
  @Column('text', { array: true, nullable: true }) tags!: string[]
  ${number === 0 ? '' : `@ManyToOne(() => Table${number - 1}, { onDelete: 'CASCADE' }) before!: Table${number - 1}`}
  ${more(number)}
}`
  return `import { Check, Column, Entity, Index, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm'
${Array.from({ length: count }, (_, number) => each(number)).join('\n')}`
}

const source = (entities: string) => `import 'reflect-metadata'
import { DataSource } from 'typeorm'
export const AppDataSource = new DataSource({ type: 'postgres', entities: [__dirname + '/${entities}.ts'], migrations: [__dirname + '/migrations/*.ts'] })`

/** What is known of many tables comes to the same as asking anew. */
export function manyTables(version: Version): void {
  test('what is known of many tables says the same as asking anew', async () => {
    const changed = (number: number) => (number === 7 ? '@Column({ default: 3 }) added!: number' : '')
    // Node keeps a module that it has loaded: each state of the entities is a file of its own.
    const states = {
      before: entities(60),
      after: entities(61, changed).replace('length: 60', 'length: 70'),
      renamed: entities(60).replaceAll('tags!', 'labels!'),
    }
    const files = Object.entries(states).flatMap(([name, text]) => [
      [`src/${name}.ts`, text],
      [`src/${name}-source.ts`, source(name)],
    ])
    const { dir } = createProject(
      { ...Object.fromEntries(files), 'godwit.config.json': '{ "format": "typeorm", "migrations": "src/migrations" }' },
      version,
    )
    const generate = async (state: keyof typeof states, asked: GenerateOptions = {}) => {
      const overrides = { typeorm: { dataSource: `src/${state}-source.ts` } }
      return (await openProject({ cwd: dir, env: {}, overrides })).generate('Next', { dryRun: true, ...asked })
    }
    const folder = join(dir, 'node_modules/.cache/godwit/shadow')
    const known = () => readdirSync(folder).filter((name) => name.endsWith('.json'))

    const first = await generate('before', { dryRun: false })
    expect(first.statements.filter((text) => text.startsWith('CREATE TABLE'))).toHaveLength(60)
    const before = known()
    expect((await generate('before')).name).toBeNull()
    const [file = ''] = known().filter((name) => !before.includes(name))
    expect(readFileSync(join(folder, file), 'utf8')).toContain('kind_59')
    expect((await generate('before')).name).toBeNull()

    const fromKnown = await generate('after')
    const anew = await generate('after', { cache: false })
    expect(fromKnown.statements).toEqual(anew.statements)
    for (const change of ['CREATE TABLE "table_60"', 'ALTER TABLE "table_7" ADD "added"', 'character varying(70)'])
      expect(fromKnown.statements.join()).toContain(change)

    // A column that was renamed on the shadow is another one than what is known of it.
    const rename = Array.from({ length: 60 }, (_, number) => `table_${number}.tags:table_${number}.labels`)
    const { statements } = await generate('renamed', { rename })
    expect(statements).toHaveLength(60)
    expect(statements[0]).toMatch(/RENAME COLUMN "tags" TO "labels"/)
  }, 240_000)
}
