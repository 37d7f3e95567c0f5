import type { FormatId } from '../../src/index.js'

/** Files by their path in the project. */
export type Files = Record<string, string>

/** How one format writes what the contract needs. Names are the history's. */
export interface FormatCase {
  id: FormatId
  /** What makes a folder a project of this format. */
  base: (url: string) => Files
  /** A migration that makes a table and takes it back. `stamp` is a 13-digit time. */
  migration: (stamp: number, title: string, table: string) => { name: string; main: string; files: Files }
  /** A file that cannot be loaded, though it can be listed. */
  broken: (stamp: number, title: string) => { files: Files; code: string }
  /** Two migrations of one name; absent where the file system does not allow it. */
  duplicate?: Files
  /** A migration without content, and what becomes of it. */
  empty: { files: Files; outcome: 'refused' | 'applied' | 'left out' }
  /** What a new migration's files need before they can run; by their position. */
  fill?: readonly string[]
  /** The same migration before and after a build, where the format is compiled. */
  compiled?: { before: Files; after: Files }
}

const up = (table: string) => `create table "${table}" (id int);\n`
const down = (table: string) => `drop table "${table}";\n`

const sql: FormatCase = {
  id: 'sql',
  base: () => ({ 'godwit.config.json': '{ "format": "sql" }', 'migrations/': '' }),
  migration: (stamp, title, table) => {
    const name = `${stamp}_${title}`
    const main = `migrations/${name}.sql`
    return { name, main, files: { [main]: up(table), [`migrations/${name}.down.sql`]: down(table) } }
  },
  broken: (stamp, title) => {
    return { files: { [`migrations/${stamp}_${title}.sql`]: "select 'open" }, code: 'GODWIT_SQL_UNTERMINATED' }
  },
  duplicate: { 'migrations/1700000000009_x.sql': up('x'), 'migrations/1700000000009_x.up.sql': up('y') },
  empty: { files: { 'migrations/1700000000009_x.sql': '-- later\n' }, outcome: 'refused' },
  fill: [up('made'), down('made')],
}

const prisma: FormatCase = {
  id: 'prisma',
  base: () => ({
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  }),
  migration: (stamp, title, table) => {
    const name = `${stamp}_${title}`
    const main = `prisma/migrations/${name}/migration.sql`
    return { name, main, files: { [main]: up(table), [`prisma/migrations/${name}/down.sql`]: down(table) } }
  },
  broken: (stamp, title) => {
    const files = { [`prisma/migrations/${stamp}_${title}/migration.sql`]: "select 'open" }
    return { files, code: 'GODWIT_SQL_UNTERMINATED' }
  },
  // What `prisma migrate dev --create-only` writes may be applied as it is.
  empty: {
    files: { 'prisma/migrations/1700000000009_x/migration.sql': '-- This is an empty migration.' },
    outcome: 'applied',
  },
  fill: [up('made'), down('made')],
}

const builder = (table: string) => `exports.up = (pgm) => { pgm.createTable(${JSON.stringify(table)}, { id: 'int' }) }
exports.down = (pgm) => { pgm.dropTable(${JSON.stringify(table)}) }
`

const nodePgMigrate: FormatCase = {
  id: 'node-pg-migrate',
  base: () => ({
    'package.json': '{ "name": "app", "devDependencies": { "node-pg-migrate": "9" } }',
    'migrations/': '',
  }),
  migration: (stamp, title, table) => {
    const main = `migrations/${stamp}_${title}.js`
    return { name: `${stamp}_${title}`, main, files: { [main]: builder(table) } }
  },
  broken: (stamp, title) => {
    const files = { [`migrations/${stamp}_${title}.js`]: `throw new Error('imported')\n${builder('x')}` }
    return { files, code: 'GODWIT_FILE_THROWS' }
  },
  duplicate: {
    'migrations/1700000000009_x.js': builder('x'),
    'migrations/1700000000009_x.ts': 'export const up = () => {}',
  },
  empty: { files: { 'migrations/1700000000009_x.js': 'exports.up = () => {}' }, outcome: 'applied' },
  compiled: {
    before: {
      'migrations/1700000000009_x.ts':
        'export const up = (pgm: any) => { pgm.sql("select 1") }\nexport const down = false',
    },
    after: { 'migrations/1700000000009_x.js': 'exports.up = (pgm) => { pgm.sql("select 1") }\nexports.down = false' },
  },
}

const folder = 'src/migrations'
let classes = 0

function typeormClass(name: string, table: string, head = ''): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm'
${head}
export class M${++classes} implements MigrationInterface {
  name = ${JSON.stringify(name)}
  async up(runner: QueryRunner): Promise<void> { await runner.query(${JSON.stringify(up(table))}) }
  async down(runner: QueryRunner): Promise<void> { await runner.query(${JSON.stringify(down(table))}) }
}
`
}

const typeorm: FormatCase = {
  id: 'typeorm',
  base: (url) => ({
    'package.json': '{ "name": "app" }',
    'tsconfig.json':
      '{ "compilerOptions": { "module": "commonjs", "target": "ES2022", "experimentalDecorators": true } }',
    'src/data-source.ts': `import 'reflect-metadata'
import { DataSource } from 'typeorm'
export const source = new DataSource({ type: 'postgres', url: ${JSON.stringify(url)}, migrations: [__dirname + '/migrations/*{.ts,.js}'] })
`,
    [`${folder}/`]: '',
  }),
  migration: (stamp, title, table) => {
    const name = `${title}${stamp}`
    const main = `${folder}/${stamp}-${title}.ts`
    return { name, main, files: { [main]: typeormClass(name, table) } }
  },
  broken: (stamp, title) => {
    const text = typeormClass(`${title}${stamp}`, 'x', `throw new Error('imported')`)
    return { files: { [`${folder}/${stamp}-${title}.ts`]: text }, code: 'GODWIT_FILE_THROWS' }
  },
  duplicate: {
    [`${folder}/1700000000009-x.ts`]: typeormClass('x1700000000009', 'x'),
    [`${folder}/1700000000010-y.ts`]: typeormClass('x1700000000009', 'y'),
  },
  empty: { files: { [`${folder}/1700000000009-x.ts`]: '// nothing yet\nexport {}\n' }, outcome: 'left out' },
  compiled: {
    before: { [`${folder}/1700000000009-x.ts`]: typeormClass('x1700000000009', 'x') },
    after: {
      [`${folder}/1700000000009-x.js`]: `exports.X = class { name = 'x1700000000009'
  async up(runner) { await runner.query('select 1') }
  async down(runner) { await runner.query('select 1') } }\n`,
    },
  },
}

/** Every format. */
export const formatCases: readonly FormatCase[] = [sql, prisma, nodePgMigrate, typeorm]
