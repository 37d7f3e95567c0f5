import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { Body, Format } from '../../formats/contract.js'
import { unreadable } from '../../formats/files.js'
import { ScriptError } from '../../sql/split.js'
import type { LintedMigration } from '../migration.js'
import { readCollected } from './read-collected.js'
import { readDocuments } from './read-documents.js'
import { placesIn, readStatements, transactionOf } from './read-script.js'
import { readTypeorm } from './read-typeorm.js'

/** A larger script is data: it is named, and not looked into. */
const MAX_BYTES = 16 * 1024 * 1024

/** What reading a migration depends on besides the migration. */
export interface ReadContext {
  format: Pick<Format, 'id' | 'load'>
  projectDir: string
  /** The config lets TypeORM's migrations run without a transaction. */
  withoutTransaction: boolean
}

/**
 * A migration as statements, as far as that can be told without a database.
 *
 * @throws GODWIT_FILE_SYNTAX, GODWIT_FILE_UNREADABLE, GODWIT_SQL_UNTERMINATED, and what loading a script throws
 */
export async function readMigration(file: MigrationFile, context: ReadContext): Promise<LintedMigration> {
  try {
    return await read(file, context)
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    const { message, line, column } = error
    throw new GodwitError(
      'GODWIT_SQL_UNTERMINATED',
      { name: file.name, reason: message },
      { file: file.file, line, column, cause: error },
    )
  }
}

async function read(file: MigrationFile, context: ReadContext): Promise<LintedMigration> {
  const { format, projectDir } = context
  const base = { name: file.name, file: file.file, format: format.id, notListed: [] }
  if (format.id === 'mongo' || format.id === 'migrate-mongo') {
    const text = readText(file.file, projectDir)
    const documents = readDocuments(file.file, text, file.name)
    return { ...base, statements: [], transaction: 'none', lines: text.split('\n'), ...documents }
  }
  if (format.id === 'typeorm') {
    const text = readText(file.file, projectDir)
    const { statements, notListed, transaction, hasDown } = await readTypeorm(file.file, text, file.name)
    const inTransaction = transaction ?? !context.withoutTransaction
    const lacksDown = file.reversible === false || !hasDown
    const lines = text.split('\n')
    return { ...base, statements, notListed, transaction: inTransaction ? 'one' : 'none', lacksDown, lines }
  }
  const body = await format.load(file, 'up')
  const lacksDown = file.reversible === false && file.file.endsWith('.sql')
  if (body?.kind === 'collected') {
    const { transaction, ...collected } = await readCollected(body, file.file)
    const lines = readText(file.file, projectDir).split('\n')
    return { ...base, ...collected, transaction: transaction ? 'one' : 'none', lacksDown, lines }
  }
  if (body?.kind !== 'script') return { ...base, statements: [], transaction: 'one', lacksDown, lines: [] }
  return { ...base, lacksDown, ...(await readScript(body)) }
}

async function readScript({
  script,
  transaction,
}: Extract<Body, { kind: 'script' }>): Promise<
  Pick<LintedMigration, 'statements' | 'transaction' | 'lines' | 'notListed'>
> {
  if (script.bytes > MAX_BYTES)
    return { statements: [], transaction: 'one', lines: [], notListed: [{ line: 1, what: 'a script above 16 MB' }] }
  let text = ''
  for await (const piece of script.read()) text += piece
  const first = script.firstLine ?? 1
  const statements = await readStatements(text, placesIn(text, first))
  const lines = [...Array.from({ length: first - 1 }, () => ''), ...text.split('\n')]
  return { statements, transaction: transactionOf(statements, text, transaction), lines, notListed: [] }
}

function readText(file: string, projectDir: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    throw unreadable(file, projectDir, error)
  }
}

/** Names a file relative to the project's folder, with slashes. */
export function shownFile(file: string, projectDir: string): string {
  return relative(projectDir, file).replaceAll('\\', '/')
}
