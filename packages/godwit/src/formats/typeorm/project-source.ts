import { existsSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { FormatContext } from '../contract.js'
import { migrationsOfClasses } from './class-origins.js'
import { bareDataSource, entitiesOf, importDataSource, refuseDatabase, subscribersOf } from './data-source.js'
import { type DataSourceText, readDataSourceText } from './data-source-text.js'
import { findDataSourceFile } from './find-data-source.js'
import type { ImportedMigration } from './imported-classes.js'
import { type ListContext, listMigrations, toFiles } from './list.js'
import { filesOf, glob } from './migration-files.js'
import type { TypeormSection } from './section.js'
import { freeTime } from './timestamps.js'
import { takeTurn, whenFree } from './turns.js'
import type { DataSource } from './typeorm-shapes.js'
import { WorkingSession } from './working-session.js'

const usualFolders = ['src/migrations', 'src/database/migrations', 'src/db/migrations', 'migrations']
const endings = ['', '.ts', '.js', '.mts', '.cts', '.mjs', '.cjs']

/** A TypeORM project: its data source, read or imported at most once, and the migrations that belong to it. */
export class ProjectSource {
  /** Absolute; `undefined`: the project has no data-source file. */
  readonly file: string | undefined
  private readonly context: FormatContext<TypeormSection | undefined>
  private readonly section: TypeormSection
  private readonly text: DataSourceText | undefined
  private importing: Promise<DataSource> | undefined
  private opening: Promise<WorkingSession> | undefined
  private giveBack: () => void = () => {}
  /** The globs among what the DataSource names as entities, once there is a session. */
  entityGlobs: readonly string[] = []
  /** What the DataSource names as subscribers, once there is a session. */
  subscribers: () => Promise<unknown[]> = async () => []
  private instances = new Map<string, ImportedMigration>()

  /** @throws GODWIT_TYPEORM_DATA_SOURCE, GODWIT_UNSUPPORTED_DATABASE */
  constructor(context: FormatContext<TypeormSection | undefined>) {
    this.context = context
    this.section = context.section ?? {}
    this.file = this.findFile()
    if (this.file === undefined) return
    this.text = readDataSourceText(readFileSync(this.file, 'utf8'), this.file)
    const type = this.text.type?.value
    if (type !== undefined && type !== 'postgres') refuseDatabase(type, this.label)
  }

  /** The data-source file for people. */
  get label(): string {
    return this.file === undefined ? 'the project' : relative(this.context.projectDir, this.file)
  }

  /**
   * The DataSource, for which its file is imported; without a file it is one without entities. While another run of this
   * process works with it, it is waited for: its options are not its own then.
   */
  async dataSource(reason: string): Promise<DataSource> {
    const dataSource = await this.imported(reason)
    if (this.opening === undefined) await whenFree(dataSource)
    return dataSource
  }

  private imported(reason: string): Promise<DataSource> {
    if (this.importing === undefined) {
      const { projectDir, verbose } = this.context
      verbose(`typeorm: ${this.label} is imported: ${reason}`)
      this.importing =
        this.file === undefined
          ? bareDataSource(projectDir, this.section.schema)
          : importDataSource(this.file, projectDir)
    }
    return this.importing
  }

  /** The DataSource and its entities on the working session; importing them is all that happens here. */
  session(): Promise<WorkingSession> {
    this.opening ??= this.openSession()
    return this.opening
  }

  /** An option that the config or the data-source file's text tells, else the imported DataSource. */
  async option(key: 'table' | 'schema'): Promise<string | undefined> {
    return this.section[key] ?? (await this.ownOption(key))
  }

  /** One of the DataSource's own, whatever the config says. */
  async ownOption(key: 'table' | 'schema'): Promise<string | undefined> {
    if (this.text === undefined) return undefined
    const read = this.text[key]
    if (read !== undefined) return read.value
    const { options } = await this.dataSource('its text does not tell where the history is')
    const value = options[key === 'table' ? 'migrationsTableName' : 'schema']
    return typeof value === 'string' ? value : undefined
  }

  /** Lists the migrations: those of the config, else those of the DataSource, else those of a usual folder. */
  list(): Promise<MigrationFile[]> {
    return this.listed(this.context)
  }

  /** The time of a new migration: `now`, or just behind the newest of those that are there. */
  async freeTime(now: Date): Promise<Date> {
    const looking = { ...this.context, warn() {}, verbose() {}, remember: false }
    // What is wrong with them is told by who needs them.
    const files = await this.listed(looking).catch(() => [])
    const names = files.map(({ name }) => name)
    return freeTime(names, now)
  }

  private async listed(context: ListContext): Promise<MigrationFile[]> {
    const { migrations: configured, projectDir } = this.context
    const compiled = this.section.compiled ?? false
    if (configured !== undefined) return listMigrations(await filesOf(configured, projectDir), compiled, context)
    const named = await this.namedMigrations()
    if (named === undefined) return listMigrations(await filesOf(this.usualFolder(), projectDir), compiled, context)
    const globs = named.filter((each): each is string => typeof each === 'string')
    const classes = named.filter((each) => typeof each !== 'string')
    const files = await listMigrations(await glob(globs, projectDir), compiled, context)
    if (classes.length === 0 || this.file === undefined) return files
    const { found, imported } = migrationsOfClasses(classes, this.file, context)
    this.instances = new Map(imported.map((migration) => [migration.name, migration]))
    return [...toFiles(found, projectDir), ...files]
  }

  /** A migration that the DataSource lists as a class, so that its file need not be imported by itself. */
  listedInstance(name: string): ImportedMigration | undefined {
    return this.instances.get(name)
  }

  /** Where new migrations go, absolute. */
  async newFolder(): Promise<string> {
    const { migrations, projectDir } = this.context
    const pattern = migrations ?? (await this.namedMigrations())?.find((each) => typeof each === 'string')
    if (typeof pattern !== 'string') return resolve(projectDir, this.usualFolder())
    const parts = pattern.split('/')
    const firstGlob = parts.findIndex((part) => /[*?{}[\]()!]/.test(part))
    return resolve(projectDir, firstGlob < 0 ? pattern : parts.slice(0, firstGlob).join('/') || '.')
  }

  /** Gives the DataSource back to the application; what was imported stays. */
  async close(): Promise<void> {
    const session = await this.opening?.catch(() => undefined)
    this.opening = undefined
    try {
      await session?.close()
    } finally {
      this.giveBack()
      this.giveBack = () => {}
    }
  }

  private async openSession(): Promise<WorkingSession> {
    const { projectDir } = this.context
    const dataSource = await this.imported('migrations run with it')
    await whenFree(dataSource)
    this.giveBack = takeTurn(dataSource)
    const folder = this.file === undefined ? projectDir : dirname(this.file)
    const { entities: named, subscribers } = dataSource.options
    this.subscribers = () => subscribersOf(subscribers, folder, projectDir)
    const given = Array.isArray(named) ? named : Object.values(named ?? {})
    this.entityGlobs = given.filter((each): each is string => typeof each === 'string')
    const entities = await entitiesOf(dataSource, folder, projectDir)
    return new WorkingSession(dataSource, entities, this.label, this.context)
  }

  /** What the DataSource says in `migrations`; `undefined`: nothing. */
  private async namedMigrations(): Promise<unknown[] | undefined> {
    if (this.file === undefined) return undefined
    const read = this.text?.migrations
    if (read !== undefined) return read.value
    const { options } = await this.dataSource('its text does not tell where the migrations are')
    const { migrations } = options
    const named = Array.isArray(migrations) ? migrations : Object.values(migrations ?? {})
    return named.length === 0 ? undefined : named
  }

  private usualFolder(): string {
    const { projectDir } = this.context
    return usualFolders.find((folder) => existsSync(resolve(projectDir, folder))) ?? 'src/migrations'
  }

  private findFile(): string | undefined {
    const { projectDir } = this.context
    const { dataSource } = this.section
    if (dataSource === undefined) return findDataSourceFile(projectDir)
    const path = resolve(projectDir, dataSource)
    const file = endings.map((ending) => path + ending).find((candidate) => existsSync(candidate))
    if (file !== undefined) return file
    throw new GodwitError('GODWIT_TYPEORM_DATA_SOURCE', { file: dataSource, reason: 'it is not there' })
  }
}
