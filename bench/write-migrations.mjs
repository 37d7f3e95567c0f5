// The same small migrations in every format: each makes one table.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const first = 1_700_000_000_000

/** `0001` … in as many digits as fit them all, with a timestamp in the order of the number. */
function each(count, write) {
  for (let number = 1; number <= count; number++) {
    const id = String(number).padStart(5, '0')
    write({ id, table: `t${id}`, stamp: first + number * 1000, sql: createTable(`t${id}`) })
  }
}

function createTable(table) {
  return `CREATE TABLE ${table} (id integer PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());\n`
}

function folderIn(project, name) {
  const folder = join(project, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

function godwitConfig(project, config) {
  const file = `import { defineConfig } from 'godwit'\n\nexport default defineConfig({ ${config}, database: process.env.DATABASE_URL })\n`
  writeFileSync(join(project, 'godwit.config.ts'), file)
}

/** Files for Godwit's `sql` format, and for psql: `all.psql` runs them in one session, one transaction each. */
export function writeSql(project, count) {
  const folder = folderIn(project, 'migrations')
  const all = []
  each(count, ({ id, sql }) => {
    writeFileSync(join(folder, `${id}_table.sql`), sql)
    all.push(`BEGIN;\n\\i migrations/${id}_table.sql\nCOMMIT;\n`)
  })
  writeFileSync(join(project, 'all.psql'), all.join(''))
  godwitConfig(project, "format: 'sql', migrations: 'migrations'")
}

export function writePrisma(project, count) {
  const folder = folderIn(project, 'prisma/migrations')
  each(count, ({ id, sql }) => writeFileSync(join(folderIn(folder, `${id}_table`), 'migration.sql'), sql))
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n')
  const schema = 'datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n'
  writeFileSync(join(project, 'prisma/schema.prisma'), schema)
  godwitConfig(project, "format: 'prisma'")
}

export function writeNodePgMigrate(project, count) {
  const folder = folderIn(project, 'migrations')
  each(count, ({ table, stamp }) => {
    const body = `exports.up = (pgm) => {
  pgm.createTable('${table}', {
    id: { type: 'integer', primaryKey: true },
    name: { type: 'text', notNull: true },
    created_at: { type: 'timestamptz', notNull: true, default: pgm.func('now()') },
  })
}

exports.down = (pgm) => pgm.dropTable('${table}')
`
    writeFileSync(join(folder, `${stamp}_${table}.cjs`), body)
  })
  godwitConfig(project, "format: 'node-pg-migrate', migrations: 'migrations'")
}

/** What a TypeScript compiler makes of {@link writeTypeormTs}, as CommonJS. */
export function writeTypeormJs(project, count) {
  const folder = folderIn(project, 'dist/migrations')
  each(count, ({ table, stamp, sql }) => {
    const body = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Make${table}${stamp} = void 0;
class Make${table}${stamp} {
    async up(queryRunner) {
        await queryRunner.query(\`${sql.trim()}\`);
    }
    async down(queryRunner) {
        await queryRunner.query(\`DROP TABLE ${table}\`);
    }
}
exports.Make${table}${stamp} = Make${table}${stamp};
`
    writeFileSync(join(folder, `${stamp}-Make${table}.js`), body)
  })
  writeFileSync(
    join(project, 'dist/data-source.js'),
    `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AppDataSource = void 0;
const typeorm_1 = require("typeorm");
exports.AppDataSource = new typeorm_1.DataSource({
    type: 'postgres',
    url: process.env.DATABASE_URL,
    entities: [],
    migrations: ['dist/migrations/*.js'],
});
`,
  )
  godwitConfig(project, "format: 'typeorm', typeorm: { dataSource: 'dist/data-source.js' }")
}

export function writeTypeormTs(project, count) {
  const folder = folderIn(project, 'src/migrations')
  each(count, ({ table, stamp, sql }) => {
    const body = `import { MigrationInterface, QueryRunner } from 'typeorm'

export class Make${table}${stamp} implements MigrationInterface {
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`${sql.trim()}\`)
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`DROP TABLE ${table}\`)
  }
}
`
    writeFileSync(join(folder, `${stamp}-Make${table}.ts`), body)
  })
  writeFileSync(
    join(project, 'src/data-source.ts'),
    `import 'reflect-metadata'
import { DataSource } from 'typeorm'

export const AppDataSource = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [],
  migrations: ['src/migrations/*.ts'],
})
`,
  )
  const compilerOptions = {
    target: 'es2022',
    module: 'commonjs',
    strict: true,
    esModuleInterop: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }, null, 2))
  godwitConfig(project, "format: 'typeorm', typeorm: { dataSource: 'src/data-source.ts' }")
}

export function writeKnex(project, count) {
  const folder = folderIn(project, 'migrations')
  each(count, ({ table, stamp }) => {
    const body = `exports.up = (knex) =>
  knex.schema.createTable('${table}', (t) => {
    t.integer('id').primary()
    t.text('name').notNullable()
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
  })

exports.down = (knex) => knex.schema.dropTable('${table}')
`
    writeFileSync(join(folder, `${stamp}_${table}.js`), body)
  })
}

export function writeKysely(project, count) {
  const folder = folderIn(project, 'migrations')
  each(count, ({ table, stamp }) => {
    const body = `const { sql } = require('kysely')

exports.up = (db) =>
  db.schema
    .createTable('${table}')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull().defaultTo(sql\`now()\`))
    .execute()

exports.down = (db) => db.schema.dropTable('${table}').execute()
`
    writeFileSync(join(folder, `${stamp}_${table}.js`), body)
  })
}

export function writeDrizzle(project, count) {
  const folder = folderIn(project, 'migrations')
  const entries = []
  each(count, ({ id, stamp, sql }) => {
    writeFileSync(join(folder, `${id}_table.sql`), sql)
    entries.push({ idx: entries.length, version: '7', when: stamp, tag: `${id}_table`, breakpoints: true })
  })
  const journal = { version: '7', dialect: 'postgresql', entries }
  writeFileSync(join(folderIn(folder, 'meta'), '_journal.json'), JSON.stringify(journal))
}

export function writeGoose(project, count) {
  const folder = folderIn(project, 'migrations')
  each(count, ({ id, table, sql }) => {
    const body = `-- +goose Up\n${sql}\n-- +goose Down\nDROP TABLE ${table};\n`
    writeFileSync(join(folder, `${id}_table.sql`), body)
  })
}
