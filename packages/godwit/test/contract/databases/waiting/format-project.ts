import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type OpenProjectOptions, openProject, type Project, type RunEvent } from '../../../../src/index.js'
import type { TestTarget } from '../../subject.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))

/** A project of another format than plain SQL. */
export interface FormatProject {
  folder: string
  project: Project
  events: RunEvent[]
  states: () => Promise<string[]>
  /** The same project, as another process would open it; its events are told apart. */
  again: () => Promise<Pick<FormatProject, 'project' | 'events'>>
}

/** Migrations of node-pg-migrate, JavaScript; by name. */
export function builderProject(
  target: Pick<TestTarget, 'url'>,
  files: Record<string, string>,
  options: OpenProjectOptions = {},
): Promise<FormatProject> {
  const placed = Object.entries(files).map(([name, text]) => [`migrations/${name}.js`, text])
  const config = { format: 'node-pg-migrate', migrations: 'migrations' }
  return open(target, config, Object.fromEntries(placed), options)
}

/**
 * Migrations of TypeORM: the body of a class by its name, which ends in a timestamp. Their functions are called also where they only
 * send texts.
 */
export function classProject(
  target: Pick<TestTarget, 'url'>,
  classes: Record<string, string>,
  options: OpenProjectOptions = {},
): Promise<FormatProject> {
  const calling = (name: string) =>
    `const { up } = exports.${name}.prototype; exports.${name}.prototype.up = function (runner) { return up.call(this, runner) }`
  return openClasses(target, classes, options, calling)
}

/** The same, whose functions are as they stand there. */
export function plainClassProject(
  target: Pick<TestTarget, 'url'>,
  classes: Record<string, string>,
  options: OpenProjectOptions = {},
): Promise<FormatProject> {
  return openClasses(target, classes, options, () => '')
}

function openClasses(
  target: Pick<TestTarget, 'url'>,
  classes: Record<string, string>,
  options: OpenProjectOptions,
  behind: (name: string) => string,
): Promise<FormatProject> {
  const placed = Object.entries(classes).map(([name, text]) => [
    `migrations/${name}.js`,
    `exports.${name} = class { name = '${name}'; ${text} async down() {} }\n${behind(name)}`,
  ])
  const source = `const { DataSource } = require('typeorm')
exports.source = new DataSource({ type: 'postgres', url: ${JSON.stringify(target.url)}, migrations: [__dirname + '/migrations/*.js'] })`
  const config = { format: 'typeorm', typeorm: { dataSource: 'data-source.js' } }
  return open(target, config, { 'data-source.js': source, ...Object.fromEntries(placed) }, options)
}

/** One migration of Prisma. */
export function prismaProject(
  target: Pick<TestTarget, 'url'>,
  text: string,
  options: OpenProjectOptions = {},
): Promise<FormatProject> {
  const files = {
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/20240101000000_a/migration.sql': text,
  }
  return open(target, { format: 'prisma' }, files, options)
}

async function open(
  target: Pick<TestTarget, 'url'>,
  config: object,
  files: Record<string, string>,
  options: OpenProjectOptions,
): Promise<FormatProject> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-functions-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  for (const peer of ['pg', 'typeorm', 'reflect-metadata', 'node-pg-migrate'])
    symlinkSync(join(modules, peer), join(folder, 'node_modules', peer))
  const all = { 'godwit.config.json': JSON.stringify(config), 'package.json': '{ "type": "commonjs" }', ...files }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const openOnce = async (): Promise<Pick<FormatProject, 'project' | 'events'>> => {
    const events: RunEvent[] = []
    const onEvent = (event: RunEvent) => events.push(event)
    const project = await openProject({ cwd: folder, databaseUrl: target.url, env: {}, onEvent, ...options })
    return { project, events }
  }
  const first = await openOnce()
  return {
    folder,
    ...first,
    again: openOnce,
    states: async () => (await first.project.status()).migrations.map(({ name, state }) => `${name} ${state}`),
  }
}
