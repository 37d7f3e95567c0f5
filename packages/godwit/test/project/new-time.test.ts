import { expect, test } from 'vitest'
import { openProject } from '../../src/index.js'
import { scratchFolder } from '../formats/scratch-folder.js'
import { createProject } from '../formats/typeorm/support/project.js'

const inSql = 'CREATE TABLE person (id int PRIMARY KEY)'
const inTypeorm = `export class Future4102444800000 {
  async up(runner) { await runner.query('CREATE TABLE person (id int PRIMARY KEY)') }
  async down(runner) { await runner.query('DROP TABLE person') }
}
`
const entity = `import { Column, Entity, PrimaryColumn } from 'typeorm'
@Entity('person') export class Person { @PrimaryColumn('int') id!: number; @Column('int', { nullable: true }) part!: number }
`
const dataSource = `import { DataSource } from 'typeorm'
import { Person } from './person'
export default new DataSource({
  type: 'postgres', url: 'postgres://nowhere/d', entities: [Person], migrations: ['src/migrations/*'],
})
`
const prismaSchema = `datasource db {
  provider = "postgresql"
}
model person {
  id Int @id
  part Int?
}
`

const cases: [format: string, files: Record<string, string>, names: RegExp[]][] = [
  ['sql', { 'migrations/20991231000000_future.sql': inSql }, [/^20991231000001_/, /^20991231000002_/]],
  [
    'prisma',
    {
      'prisma/schema.prisma': prismaSchema,
      'prisma/migrations/20991231000000_hand/migration.sql': inSql,
      'prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
    },
    [/^20991231000001_/, /^20991231000002_/],
  ],
  [
    'typeorm',
    {
      'src/migrations/4102444800000-Future.ts': inTypeorm,
      'src/person.ts': entity,
      'src/data-source.ts': dataSource,
    },
    [/4102444800001$/, /4102444800002$/],
  ],
  ['node-pg-migrate', { 'migrations/4102444800000_future.sql': inSql }, [/^4102444800001_/, /^4102444800002_/]],
]

async function projectOf(format: string, files: Record<string, string>) {
  const all = {
    'godwit.config.json': JSON.stringify({ format }),
    'package.json': '{}',
    'wanted.sql': 'CREATE TABLE person (id int PRIMARY KEY, part int)',
    ...files,
  }
  // With TypeORM beside it.
  const folder = format === 'typeorm' ? createProject(all).dir : await scratchFolder(all)
  return openProject({ cwd: folder, env: {} })
}

test.each(cases)('%s: what is created sorts behind a migration of a later time', async (format, files, names) => {
  const project = await projectOf(format, files)
  for (const [index, expected] of names.entries())
    expect((await project.create(`Next ${index}`)).name).toMatch(expected)
})

test.each(cases.filter(([format]) => format !== 'node-pg-migrate'))(
  '%s: what is generated does, too',
  async (format, files, [expected]) => {
    const project = await projectOf(format, files)
    const asked = format === 'sql' ? { from: 'wanted.sql' } : {}
    expect((await project.generate('Next', { ...asked, dryRun: true })).name).toMatch(expected as RegExp)
  },
)
