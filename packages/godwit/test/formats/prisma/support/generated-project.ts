import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../../../src/engine/run.js'
import type { Generated, GenerateRequest, RenameAnswers, TableFormat } from '../../../../src/formats/contract.js'
import { openPrismaFormat } from '../../../../src/formats/prisma/index.js'
import { writeNew } from '../../../../src/project/create.js'
import { readWholeCatalogue } from '../../../support/catalogue.js'
import { scratchFolder } from '../../scratch-folder.js'
import type { Sandbox } from './sandbox.js'

const head = 'datasource db {\n  provider = "postgresql"\n}\n\n'

/** A Prisma project whose schema changes, on a sandbox. */
export class GeneratedProject {
  readonly folder: string
  readonly format: TableFormat
  readonly #sandbox: Sandbox
  #at = Date.UTC(2026, 0, 1)

  private constructor(folder: string, format: TableFormat, sandbox: Sandbox) {
    this.folder = folder
    this.format = format
    this.#sandbox = sandbox
  }

  static async make(sandbox: Sandbox, models: string): Promise<GeneratedProject> {
    const folder = await scratchFolder({ 'prisma/schema.prisma': head + models, 'prisma/migrations/': '' })
    const silent = () => {}
    const format = await openPrismaFormat({
      projectDir: folder,
      migrations: undefined,
      section: undefined,
      warn: silent,
      verbose: silent,
      env: {},
    })
    return new GeneratedProject(folder, format, sandbox)
  }

  get schemaFile(): { path: string; content: string } {
    return { path: join(this.folder, 'prisma/schema.prisma'), content: this.#schema }
  }

  #schema = ''

  async setSchema(models: string): Promise<void> {
    this.#schema = models.startsWith('datasource') ? models : head + models
    await writeFile(join(this.folder, 'prisma/schema.prisma'), this.#schema)
  }

  /** Generates and writes; `countRows` looks at the rows as well. */
  async generate(name: string, answers: Partial<RenameAnswers> = {}, countRows = false): Promise<Generated> {
    const live: GenerateRequest['live'] = async (work) => {
      const client = await this.#sandbox.connect()
      return work(client).finally(() => client.end())
    }
    const renames = { renamed: [], notRenamed: [], ...answers }
    // Each a second later than the one before.
    this.#at += 1000
    const request = {
      name,
      now: new Date(this.#at),
      shadow: this.#sandbox,
      renames,
      recreate: [],
      ownSchema: 'godwit',
      live: countRows ? live : undefined,
    }
    const generated = await (this.format.generate as NonNullable<TableFormat['generate']>)(request)
    if (generated.migration !== null && generated.unanswered.length === 0) await writeNew(generated.migration)
    return generated
  }

  /** A migration written by hand. */
  async byHand(name: string, sql: string): Promise<void> {
    this.#at += 1000
    const made = await this.format.create(name, { now: new Date(this.#at) })
    const [up, ...rest] = made.files
    if (up === undefined) throw new Error('nothing was composed')
    await writeNew({
      ...made,
      files: [{ ...up, content: sql }, ...rest.filter(({ path }) => !path.endsWith('down.sql'))],
    })
  }

  up = () => this.#run('up')
  down = () => this.#run('down')

  /** What migrations made. Positions of columns are left out: one that comes back comes last; so are the names of NOT NULL. */
  async catalogue(): Promise<string[]> {
    const lines = await readWholeCatalogue((text) => this.query(text))
    return lines
      .filter((line) => !/^constraint [^:]+: NOT NULL /.test(line))
      .map((line) => line.replace(/^(column .*?) at \d+, /, '$1 '))
      .sort()
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const client = await this.#sandbox.connect()
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }

  async #run(direction: 'up' | 'down'): Promise<void> {
    const { format } = this
    const options = { projectDir: this.folder, schema: 'godwit', peerLocks: format.peerLocks, warn: () => {} }
    const target = await this.#sandbox.database.open(format.history, options)
    try {
      const identity = { command: direction, version: '0' }
      const context = { format, target, identity, waitMs: 0, graceMs: 0, onEvent: () => {}, signal: undefined }
      const report = await run(context, { direction })
      if (report.error !== undefined) throw report.error
    } catch (error) {
      throw target.explain(error)
    } finally {
      await target.close()
    }
  }
}
