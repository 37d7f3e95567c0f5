import { dirname, relative } from 'node:path'
import type { Direction, MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { Body, DocumentWork } from '../contract.js'
import { notAMigration } from './found.js'
import { type ImportedMigration, importMigrations } from './imported.js'
import type { MongooseConnections } from './mongoose.js'

/** Loads the migrations that will run, each from its own file and no other. */
export class MigrationLoader {
  readonly #projectDir: string
  readonly #connections: MongooseConnections
  readonly #files = new Map<string, Promise<ImportedMigration[]>>()

  constructor(projectDir: string, connections: MongooseConnections) {
    this.#projectDir = projectDir
    this.#connections = connections
  }

  /**
   * Loads one direction; `null`: the migration says that there is no way back.
   *
   * @param known what the listing imported already
   * @throws GODWIT_MONGO_NO_DOWN, GODWIT_MONGO_TRANSACTION, GODWIT_MONGO_NOT_EXPORTED, GODWIT_MONGO_NOT_A_MIGRATION
   */
  async load(file: MigrationFile, direction: Direction, known: ImportedMigration | undefined): Promise<Body | null> {
    const migration = known ?? (await this.#imported(file))
    const shown = relative(this.#projectDir, file.file)
    const { up, down } = migration
    if (down === undefined || down === null) {
      throw new GodwitError('GODWIT_MONGO_NO_DOWN', { file: shown }, { file: shown })
    }
    if (down !== false && typeof down !== 'function') {
      const reason = `its 'down' is a ${typeof down} and not a function`
      throw notAMigration(file.file, this.#projectDir, reason, undefined, file.name)
    }
    const action = direction === 'up' ? up : down
    if (action === false) return null
    const transaction = migration.transaction === true
    if (transaction && !takesArgument(action)) {
      const facts = { name: file.name, file: shown, direction }
      throw new GodwitError('GODWIT_MONGO_TRANSACTION', facts, { file: shown })
    }
    return {
      kind: 'documents',
      transaction,
      idempotent: migration.idempotent === true,
      run: (work) => this.#run(migration, action as Action, dirname(file.file), work),
    }
  }

  async #run(migration: ImportedMigration, action: Action, folder: string, work: DocumentWork): Promise<void> {
    await this.#connections.attach(folder, work, !takesArgument(action))
    const { db, client, session, log } = work
    await action.call(migration, { db, client, session, log })
  }

  async #imported({ name, file }: MigrationFile): Promise<ImportedMigration> {
    const migrations = this.#files.get(file) ?? importMigrations(file, this.#projectDir)
    this.#files.set(file, migrations)
    const found = (await migrations).find((migration) => migration.name === name)
    if (found !== undefined) return found
    const shown = relative(this.#projectDir, file)
    throw new GodwitError('GODWIT_MONGO_NOT_EXPORTED', { name, file: shown }, { file: shown })
  }
}

type Action = (work: Omit<DocumentWork, 'url'>) => unknown

/** Whether a function declares a parameter; one with a default value does not count in its `length`. */
function takesArgument(action: unknown): boolean {
  if (typeof action !== 'function') return false
  return action.length > 0 || !/^[^(]*\(\s*\)/.test(Function.prototype.toString.call(action))
}
