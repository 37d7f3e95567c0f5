import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { FormatContext } from '../../../../src/formats/contract.js'
import type { TypeormSection } from '../../../../src/formats/typeorm/index.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))

/** Both supported majors, by the folder they are installed in. */
export const versions = ['typeorm', 'typeorm-0.3'] as const
export type Version = (typeof versions)[number]

export interface TestProject {
  dir: string
  /** What was said by `warn` and by `verbose`. */
  warnings: string[]
  said: string[]
  write: (files: Record<string, string>) => void
  context: (migrations?: string, section?: TypeormSection) => FormatContext<TypeormSection | undefined>
}

/** A project on disk with the real TypeORM of one version, removed when the test ends. */
export function createProject(files: Record<string, string>, version: Version = 'typeorm'): TestProject {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit typeorm-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  mkdirSync(join(dir, 'node_modules'))
  for (const [name, target] of [
    ['typeorm', version],
    ['pg', 'pg'],
    ['reflect-metadata', 'reflect-metadata'],
    ['typescript', 'typescript'],
  ] as const) {
    symlinkSync(join(modules, target), join(dir, 'node_modules', name))
  }
  const project: TestProject = {
    dir,
    warnings: [],
    said: [],
    write(more) {
      for (const [name, content] of Object.entries(more)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true })
        writeFileSync(join(dir, name), content)
      }
    },
    context: (migrations, section) => ({
      projectDir: dir,
      migrations,
      section,
      warn: (message) => project.warnings.push(message),
      verbose: (message) => project.said.push(message),
      env: {},
    }),
  }
  project.write({
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        module: 'commonjs',
        esModuleInterop: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
      },
    }),
    'package.json': '{ "name": "fixture" }',
    ...files,
  })
  return project
}

/** A migration that makes and drops one table. */
export function tableMigration(className: string, table: string, more = ''): string {
  return `import { MigrationInterface, QueryRunner } from 'typeorm'

export class ${className} implements MigrationInterface {
    name = '${className}'
    ${more}
    public async up(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`CREATE TABLE "${table}" ("id" SERIAL PRIMARY KEY, "note" text)\`)
    }

    public async down(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query(\`DROP TABLE "${table}"\`)
    }
}
`
}

/** A data source of `url`; `more` goes into its options. */
export function dataSource(url: string, more = `migrations: [__dirname + '/migrations/*{.ts,.js}']`): string {
  return `import 'reflect-metadata'
import { DataSource } from 'typeorm'

export const AppDataSource = new DataSource({
  type: 'postgres',
  url: '${url}',
  ${more}
})
`
}
