import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { byOrder } from '../../../../src/engine/order.js'
import type { Format, FormatContext } from '../../../../src/formats/contract.js'
import { type MongoSection, openMongoFormat } from '../../../../src/formats/mongo/index.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('mongoose/package.json')))

export interface TestProject {
  dir: string
  /** What was said by `warn` and by `verbose`. */
  warnings: string[]
  said: string[]
  write: (files: Record<string, string>) => void
  read: (file: string) => string
  open: (migrations?: string, more?: { section?: MongoSection; env?: Record<string, string> }) => Promise<Format>
  list: (migrations?: string) => Promise<string[]>
}

/** A project on disk with the real mongoose, if it wants it; removed when the test ends. */
export function createProject(files: Record<string, string>, packages: readonly string[] = ['mongoose']): TestProject {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit mongo-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  mkdirSync(join(dir, 'node_modules'))
  for (const name of packages) symlinkSync(join(modules, name), join(dir, 'node_modules', name))
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
    read: (file) => readFileSync(join(dir, file), 'utf8'),
    async open(migrations, { section, env = {} } = {}) {
      const context: FormatContext<MongoSection | undefined> = {
        projectDir: dir,
        migrations,
        section,
        warn: (message) => project.warnings.push(message),
        verbose: (message) => project.said.push(message),
        env,
      }
      const format = await openMongoFormat(context)
      onTestFinished(() => format.close?.())
      return format
    },
    async list(migrations) {
      const format = await project.open(migrations)
      return (await format.list()).sort(byOrder).map(({ name }) => name)
    },
  }
  project.write({ 'package.json': '{ "name": "fixture" }', ...files })
  return project
}

/** A migration as the telemarketing API's document writes it. `thrown`: what importing the file does. */
export function documented(name: string, exported: string, thrown = ''): string {
  return `import * as mongoose from 'mongoose';
import { Migration } from './framework';
${thrown}
export const ${exported}: Migration = {
  name: '${name}',

  up: async (): Promise<void> => {
    const collection = mongoose.connection.collection('users');
    await collection.updateMany({ ${exported}: { $exists: false } }, { $set: { ${exported}: {} } });
  },

  down: async (): Promise<void> => {
    const collection = mongoose.connection.collection('users');
    await collection.updateMany({}, { $unset: { ${exported}: "" } });
  }
};
`
}

export const framework = `export interface Migration {
  name: string;
  up: () => Promise<void>;
  down: () => Promise<void>;
}
`
