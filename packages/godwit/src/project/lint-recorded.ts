import type pg from 'pg'
import type { OpenOptions } from '../databases/contract.js'
import type { MigrationFile } from '../engine/migration.js'
import type { Body, Queryable, TableFormat } from '../formats/contract.js'
import type { LintedMigration, LintedStatement } from '../lint/migration.js'
import { readStatements } from '../lint/reading/read-script.js'
import { type CallSite, placeOfCall } from '../loading/call-site.js'
import { reasonOf } from '../loading/error-facts.js'
import { choosePlace } from '../shadow/choose.js'
import { openRunnable } from '../shadow/open.js'
import { changesIn, noteQueries } from '../shadow/record.js'
import { shadowTexts } from '../shadow/texts.js'
import { loadParser } from '../sql/classify.js'
import { makeRecords, type Runner, runMigration } from '../verify/run-migration.js'
import { refuseStopped } from './nothing-written.js'
import type { ProjectWork } from './work.js'

/** Something that a function sent. */
interface Sent {
  text: string
  site: CallSite | undefined
}

/** What recording came to. */
export interface Recorded {
  /** By the migration's name, with everything that it sends. */
  migrations: Map<string, LintedMigration>
  /** Why not all of them could be recorded. */
  notes: string[]
}

/**
 * Runs on a throwaway database the migrations whose text does not tell all that they send, with those between them.
 *
 * @param all every migration of the project, in order
 * @param read what their texts tell
 * @throws GODWIT_INTERRUPTED, GODWIT_TERMINATED
 */
export async function recordHidden(
  work: ProjectWork,
  all: readonly MigrationFile[],
  read: readonly LintedMigration[],
): Promise<Recorded> {
  const recorded: Recorded = { migrations: new Map(), notes: [] }
  const hidden = new Map(read.filter(({ notListed }) => notListed.length > 0).map((each) => [each.name, each]))
  const first = all.findIndex(({ name }) => hidden.has(name))
  const last = all.findLastIndex(({ name }) => hidden.has(name))
  if (first === -1 || work.parts.format.history.kind !== 'table') return recorded
  const files = all.slice(0, last + 1)
  try {
    await onShadow(work, files, first, async (runner, target) => {
      for (let index = first; index < files.length; index++) {
        const { name, file } = files[index] as MigrationFile
        const sent: Sent[] = []
        const error = await runMigration(noting(runner, sent), target, files.slice(0, index + 1), 'up')
        if (error !== undefined) throw new Error(`${name}: ${error.message}`)
        const migration = hidden.get(name)
        if (migration !== undefined)
          recorded.migrations.set(name, {
            ...migration,
            statements: await linted(migration, sent, file),
            notListed: [],
          })
      }
    })
  } catch (error) {
    refuseStopped(work.parts.options.signal)
    recorded.notes.push(`Not everything could be run on a throwaway database: ${reasonOf(error)}`)
  }
  return recorded
}

async function onShadow(
  work: ProjectWork,
  files: readonly MigrationFile[],
  first: number,
  record: (runner: Runner, target: Parameters<typeof runMigration>[1]) => Promise<void>,
): Promise<void> {
  const format = work.parts.format as TableFormat
  const options: OpenOptions = work.openOptions()
  const { onEvent = () => {}, signal } = work.parts.options
  const place = await choosePlace({
    projectDir: options.projectDir,
    ...work.shadow,
    texts: await shadowTexts(format, files),
    verbose: options.onNotice ?? (() => {}),
  })
  try {
    const before = { ...format, list: async () => files.slice(0, first) }
    const database = await openRunnable(place, { format: before, options, cache: true, onEvent, signal })
    try {
      const target = await database.database.open(format.history, options)
      try {
        const runner = work.runner('lint')
        await makeRecords(runner, target)
        await record(runner, target)
      } finally {
        await target.close()
      }
    } finally {
      await database.close()
    }
  } finally {
    await place.close()
  }
}

// The same runner, with migrations that note what they send.
function noting(runner: Runner, sent: Sent[]): Runner {
  const load: Runner['format']['load'] = async (file, direction) => {
    const body = await runner.format.load(file, direction)
    return body === null ? null : notingBody(body, sent)
  }
  return { ...runner, format: { ...runner.format, load } }
}

function notingBody(body: Body, sent: Sent[]): Body {
  const note = (text: string, site: CallSite | undefined) => void sent.push({ text, site })
  if (body.kind === 'function')
    return {
      ...body,
      run: async (client: pg.Client) => {
        const stop = noteQueries(client, note)
        await body.run(client).finally(stop)
      },
    }
  if (body.kind !== 'collected') return body
  return {
    ...body,
    collect: async (db) => {
      const own: Queryable = { query: db.query.bind(db) }
      noteQueries(own, note)
      const collected = await body.collect(own)
      for (const [index, text] of collected.statements.entries()) note(text, collected.calls?.[index])
      return collected
    },
  }
}

// A text of the file's own is known with its place, character by character.
async function linted(migration: LintedMigration, sent: readonly Sent[], file: string): Promise<LintedStatement[]> {
  await loadParser()
  const known = [...migration.statements]
  const statements: LintedStatement[] = []
  for (const { text, site } of sent) {
    const place = (site && placeOfCall(site, file)) ?? { line: 1, column: 1 }
    for (const own of changesIn(text)) {
      const at = known.findIndex((each) => each.text === own)
      if (at !== -1) statements.push(...known.splice(at, 1))
      else statements.push(...(await readStatements(own, () => ({ line: place.line, column: place.column }))))
    }
  }
  return statements
}
