import { relative } from 'node:path'
import type { Direction, MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { Body, FormatContext } from '../contract.js'
import { holdsStatement, refuseEmpty } from '../empty-script.js'
import { fileScript } from '../files.js'
import { chooseAction, loadActions } from './actions.js'
import { type BuilderClass, loadBuilder } from './builder.js'
import { collect } from './collect.js'
import type { Listing } from './list.js'
import { GatheredShorthands } from './shorthands.js'
import { findSections, sectionOf } from './sql-sections.js'

/** Loads the migrations that will run, one by one; what they share is loaded once. */
export class MigrationLoader {
  readonly #context: Pick<FormatContext, 'projectDir' | 'warn' | 'verbose'>
  readonly #decamelize: boolean
  readonly #listing: () => Promise<Listing>
  #builder: Promise<BuilderClass> | undefined
  #shorthands: GatheredShorthands | undefined

  /** @param listing gives the project's migrations, whose shorthands count for later ones */
  constructor(
    context: Pick<FormatContext, 'projectDir' | 'warn' | 'verbose'>,
    decamelize: boolean,
    listing: () => Promise<Listing>,
  ) {
    this.#context = context
    this.#decamelize = decamelize
    this.#listing = listing
  }

  /** Loads one direction; `null`: the migration says that there is no way back. */
  load(file: MigrationFile, direction: Direction): Promise<Body | null> {
    return /\.sql$/i.test(file.file) ? this.#loadSql(file, direction) : this.#loadModule(file, direction)
  }

  async #loadSql(file: MigrationFile, direction: Direction): Promise<Body | null> {
    const { projectDir, warn } = this.#context
    const whole = fileScript(file.file, projectDir)
    const script = sectionOf(whole, await findSections(whole), direction)
    const inProject = relative(projectDir, file.file)
    if (direction === 'up') {
      if (script === null) throw new GodwitError('GODWIT_PGM_NO_UP_SECTION', { file: inProject }, { file: inProject })
      await refuseEmpty(script, file.name, projectDir)
      return { kind: 'script', script }
    }
    if (script === null || (await holdsStatement(script))) return script && { kind: 'script', script }
    warn(`${inProject}: its down section is empty, so undoing it changes nothing.`)
    return { kind: 'collected', collect: async () => ({ statements: [], transaction: true }) }
  }

  async #loadModule(file: MigrationFile, direction: Direction): Promise<Body | null> {
    const { projectDir, warn, verbose } = this.#context
    const actions = await loadActions(file.file, projectDir)
    const chosen = chooseAction(actions, direction, file.file, projectDir)
    if (chosen === null) return null
    this.#builder ??= loadBuilder(projectDir)
    const options = {
      name: file.name,
      MigrationBuilder: await this.#builder,
      shorthands: await (await this.#gathered()).upTo(file),
      decamelize: this.#decamelize,
      logger: { info: verbose, warn, error: warn },
    }
    return { kind: 'collected', retry: actions.retry, collect: (db) => collect(chosen, db, options) }
  }

  async #gathered(): Promise<GatheredShorthands> {
    if (this.#shorthands !== undefined) return this.#shorthands
    const { files, givingShorthands } = await this.#listing()
    this.#shorthands = new GatheredShorthands(
      files.filter((file) => givingShorthands.has(file.file)),
      async (file) => (await loadActions(file.file, this.#context.projectDir)).shorthands,
    )
    return this.#shorthands
  }
}
