import { relative } from 'node:path'
import type { Direction, MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { newerSource } from '../../loading/workspace-source.js'
import { ident } from '../../sql/quote.js'
import type { Body, FormatContext, ShadowSetUp, TableFormat } from '../contract.js'
import { readTemplate, type Template } from '../template.js'
import { chooseTemplate } from '../templates/choose.js'
import type { SchemaTemplate } from '../templates/description.js'
import { refuseSecond } from '../templates/only-once.js'
import { composeMigration } from './create.js'
import type { Destination } from './generate/index.js'
import { defaultPrimaryKey, historyTable } from './history.js'
import { type ImportedMigration, importMigrations } from './imported-classes.js'
import { typeormOrm } from './orm.js'
import { plainQueries } from './plain-queries.js'
import { ProjectSource } from './project-source.js'
import type { TypeormSection } from './section.js'
import { urlOf } from './target.js'
import { sortKeyOf } from './timestamps.js'
import type { DataSource } from './typeorm-shapes.js'

export { findDataSourceFile } from './find-data-source.js'
export type { TypeormSection } from './section.js'

/**
 * Opens a TypeORM project. Its DataSource is imported when something will run, or when neither the config nor the
 * data-source file's text tells where the history and the migrations are.
 *
 * @throws GODWIT_TYPEORM_DATA_SOURCE, GODWIT_TYPEORM_INITIALIZED, GODWIT_UNSUPPORTED_DATABASE
 */
export async function openTypeormFormat(context: FormatContext<TypeormSection | undefined>): Promise<TableFormat> {
  const { projectDir } = context
  const section = context.section ?? {}
  const source = new ProjectSource(context)
  const place = splitTable((await source.option('table')) ?? 'migrations', await source.option('schema'))
  const modules = new Map<string, Promise<ImportedMigration[]>>()
  let dataSource: DataSource | undefined
  if (section.transaction === 'all') {
    context.warn("typeorm: transaction 'all' is not supported; each migration gets a transaction of its own.")
  }

  return {
    id: 'typeorm',
    list: () => source.list(),
    sortKeyOf: (name) => sortKeyOf(name),
    load,
    history: historyTable({
      ...place,
      primaryKey: () => dataSource?.namingStrategy.primaryKeyName(place.name, ['id']) ?? defaultPrimaryKey(place.name),
    }),
    peerLocks: [],
    prepare: async (client) => (await source.session()).prepare(client),
    create: async (name, { now, template }) => {
      const named = template === undefined || template === 'js' || template === 'ts'
      const language = (named ? (template ?? section.language) : section.language) === 'js' ? 'js' : 'ts'
      return composeMigration(name, {
        now: await source.freeTime(now),
        language,
        template: named ? undefined : await templateOf(template, language),
        folder: await source.newFolder(),
        projectDir,
      })
    },
    loadModels: async () => (await source.session()).understand(),
    generatesInTransaction: true,
    generate: async (request) => {
      const { generateFromEntities } = await import('./generate/index.js')
      if (source.file === undefined) throw new GodwitError('GODWIT_TYPEORM_NO_DATA_SOURCE', {})
      const session = await source.session()
      const { entityGlobs: globs, file: dataSource } = source
      const newer = newerSource(dataSource, projectDir)
      if (newer !== undefined)
        context.warn(
          `typeorm: ${source.label} was built before the newest of its sources: build again, or name ${relative(projectDir, newer)} as the data source.`,
        )
      const behind = { ...request, now: await source.freeTime(request.now) }
      return generateFromEntities(session, behind, await destination(), { globs, dataSource })
    },
    baseline: async (request) => {
      const { composeBaseline } = await import('./generate/baseline.js')
      return composeBaseline(request, await destination(), await source.ownOption('schema'))
    },
    shadowSetUp: async () => shadowSetUp(place.schema, source.label),
    ownTables: ['typeorm_metadata'],
    target: async () => {
      if (source.file === undefined) return undefined
      return urlOf((await source.dataSource('it names the database')).options, context.warn)
    },
    orm: typeormOrm(source),
    close: () => source.close(),
  }

  async function templateOf(wanted: string, language: 'js' | 'ts'): Promise<Template | SchemaTemplate> {
    const endings = language === 'js' ? ['.js', '.ts'] : ['.ts', '.js']
    const chosen = chooseTemplate(wanted, { projectDir, endings, languages: ['ts', 'js'] })
    if ('file' in chosen) return readTemplate(chosen.file, projectDir)
    await refuseSecond(chosen.schema, () => source.list(), projectDir)
    return chosen.schema
  }

  async function destination(): Promise<Destination> {
    return { projectDir, folder: await source.newFolder(), language: section.language === 'js' ? 'js' : 'ts' }
  }

  async function load(file: MigrationFile, direction: Direction): Promise<Body | null> {
    const { instance } = source.listedInstance(file.name) ?? (await imported(file))
    const migrate = instance[direction]
    if (typeof migrate !== 'function') return null
    const session = await source.session()
    dataSource = await source.dataSource('migrations run with it')
    const transaction = instance.transaction ?? section.transaction !== 'none'
    let plain: { queries: string[] | undefined } | undefined
    const readOnce = () => {
      plain ??= { queries: plainQueries(migrate) }
      return plain.queries
    }
    return {
      kind: 'function',
      transaction,
      retry: instance.retry === true,
      // Where its queries are to be told, TypeORM has to see them.
      queries: () => (session.tellsQueries ? undefined : readOnce()),
      run: (client) => session.run(client, transaction, (runner) => migrate.call(instance, runner)),
    }
  }

  async function imported(file: MigrationFile): Promise<ImportedMigration> {
    const module = modules.get(file.file) ?? importMigrations(file.file, projectDir)
    modules.set(file.file, module)
    const found = (await module).find((migration) => migration.name === file.name)
    if (found) return found
    const facts = { name: file.name, file: relative(projectDir, file.file) }
    throw new GodwitError('GODWIT_TYPEORM_CLASS_MISSING', facts)
  }
}

/** TypeORM takes `migrationsTableName: 'schema.table'` as a qualified name. */
function splitTable(table: string, schema: string | undefined): { schema: string | null; name: string } {
  const dot = table.indexOf('.')
  if (schema === undefined && dot > 0) return { schema: table.slice(0, dot), name: table.slice(dot + 1) }
  return { schema: schema ?? null, name: table }
}

// The history's schema, usually that of the entities, is there ahead of the first migration: TypeORM makes none.
function shadowSetUp(schema: string | null, file: string): ShadowSetUp | undefined {
  if (schema === null || schema === 'public') return undefined
  return { sql: `CREATE SCHEMA IF NOT EXISTS ${ident(schema)}`, from: `the schema of ${file}` }
}
