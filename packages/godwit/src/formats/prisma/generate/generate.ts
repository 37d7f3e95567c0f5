import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { hasAnswers, knownAnswers } from '../../answered-names.js'
import type { Generated, GenerateRequest } from '../../contract.js'
import { counted } from '../../counted.js'
import { composeFolder, folderName } from '../create.js'
import { checkWholeSchema, previewFeatures } from '../engine/check-schema.js'
import type { CompareRequest } from '../engine/compare.js'
import type { SchemaFile } from '../schema-source.js'
import { compareModels } from './compare-models.js'
import { describeHandmade } from './keep.js'
import { namesKnown, readNames } from './names.js'
import { remarksOn } from './remarks.js'
import { makeRenames, unansweredRenames } from './renames.js'
import { composeDown, composeUp, losesData, lossLines, type Warnings, warningsOf, withHeading } from './scripts.js'
import { absentSchemas, prepareSession } from './session.js'
import { type Tried, tryOnCopy, tryWays, type Ways } from './trial.js'

/** What generating needs of the project. */
export interface GenerateContext {
  projectDir: string
  /** The migrations' folder. */
  folder: string
  /** As the engine reads them. */
  files: readonly SchemaFile[]
  /** The schema that the project's URL names; absent: the session's. */
  schema: string | undefined
  /** Left alone, as `prisma.config.*` says. */
  external: { tables: string[]; enums: string[] }
}

/**
 * Composes a migration from the schema and the replayed history, as `prisma migrate dev` writes it, with a way back beside
 * it. What no model can say is left alone.
 *
 * @throws GODWIT_PRISMA_SCHEMA, GODWIT_PRISMA_ENGINE, GODWIT_RENAME_UNUSABLE, GODWIT_RECREATE_UNSUPPORTED, GODWIT_NAME_UNUSABLE,
 *   GODWIT_PEER_MISSING
 */
export async function generateMigration(context: GenerateContext, request: GenerateRequest): Promise<Generated> {
  const { projectDir, files, folder } = context
  if (request.from !== undefined)
    throw new GodwitError('GODWIT_USAGE', { command: 'generate', reason: '--from is for formats without models' })
  const [written] = request.recreate
  if (written !== undefined) throw new GodwitError('GODWIT_RECREATE_UNSUPPORTED', { written })
  folderName(folder, request.name, request.now, projectDir)
  await checkWholeSchema(files, projectDir)
  const client = await request.shadow.connect()
  const { proposal, ...generated } = await compose(client, context, request).finally(async () => {
    await client.query('ROLLBACK').catch(() => {})
    await client.end()
  })
  if (proposal === null) return { ...generated, migration: null }
  const { ways, lossy, schema, notes } = proposal
  // The copy is made when nobody is connected to what it is made of.
  const tried = proposal.tried.needsCommits ? await tryOnCopy(request.shadow, ways, context.schema) : proposal.tried
  const remarks = remarksOn(tried, schema)
  const down = withHeading([...lossy, ...remarks.comments], ways.down)
  const made = composeFolder(folder, request.name, request.now, projectDir, () => ({ up: ways.up, down }))
  const failing = tried.upFails === undefined ? {} : { failing: tried.upFails }
  return { ...generated, ...failing, migration: { ...made, notes: [...notes, ...remarks.notes] } }
}

/** A migration that has no folder yet. */
interface Proposal {
  ways: Ways
  tried: Tried
  /** Comment lines on what the way back takes away. */
  lossy: string[]
  /** The one that unqualified names stand for. */
  schema: string
  notes: string[]
}

async function compose(
  client: pg.Client,
  context: GenerateContext,
  request: GenerateRequest,
): Promise<Omit<Generated, 'migration'> & { proposal: Proposal | null }> {
  const { projectDir, files, external } = context
  const schema = await prepareSession(client, context.schema)
  await client.query('SAVEPOINT beginning')
  const isAnswered = hasAnswers(request)
  const before = isAnswered ? await readNames(client, schema) : []
  const renamed = await makeRenames(client, request.renames.renamed, schema)
  const after = isAnswered ? await readNames(client, schema) : []
  const filters = { externalTables: external.tables, externalEnums: external.enums }
  const partialIndexes = (await previewFeatures(files, projectDir)).has('partialIndexes')
  const compared = { projectDir, files, client, schema, filters, partialIndexes }
  const { up, down, changes, back, lost, kept } = await compareModels(compared, request.ownSchema)
  if (isAnswered) {
    const answers = { ...request, renames: { ...request.renames, renamed: renamed.made } }
    knownAnswers(answers, namesKnown(before, after, changes, schema))
  }
  const statements = [...renamed.up, ...changes.statements]
  const unanswered = unansweredRenames(changes, back, request.renames, schema)
  const schemas = await absentSchemas(client, changes.createdSchemas)
  const { losses, others } = await warned(compared, up, request)
  await client.query('ROLLBACK TO SAVEPOINT beginning')
  const propose = async (): Promise<Proposal> => {
    const ways = { up: composeUp(up, renamed.up), down: composeDown(down, renamed.down, { lost, schemas }) }
    const tried = unanswered.length > 0 ? {} : await tryWays(client, ways)
    return { ways, tried, lossy: lossLines(changes, back, schema), schema, notes: others }
  }
  return {
    compared: comparedIn(files),
    statements,
    unanswered,
    losses: [...losses, ...lost.map((each) => `The ${describeHandmade(each)} goes, too.`)],
    kept: kept.map(describeHandmade),
    proposal: statements.length === 0 ? null : await propose(),
  }
}

/** What Prisma warns of; with a database at hand that is about the rows in it. */
async function warned(compared: CompareRequest, up: string, { live }: GenerateRequest): Promise<Warnings> {
  const told = warningsOf(up)
  if (live === undefined || up === '') return told
  const { dataLoss } = await import('../engine/data-loss.js')
  // A database that is behind the history, or not as it says, is told by `status`.
  const found = await live((session) => dataLoss(compared, session)).catch(() => undefined)
  // Of a database, too, the engine takes partial indexes that are there for new ones.
  const isMeant = (warning: string): boolean =>
    !compared.partialIndexes || !warning.startsWith('A unique constraint ') || told.others.includes(warning)
  return found === undefined
    ? told
    : {
        losses: found.warnings.filter(losesData),
        others: [...found.impossible, ...found.warnings.filter((each) => !losesData(each) && isMeant(each))],
      }
}

function comparedIn(files: readonly SchemaFile[]): string[] {
  const count = (keyword: string) =>
    files.reduce(
      (sum, { content }) =>
        sum + (content.match(new RegExp(`^[ \\t]*${keyword}[ \\t]+\\w+[ \\t]*\\{`, 'gm'))?.length ?? 0),
      0,
    )
  const enums = count('enum')
  return [counted(count('model'), 'model'), ...(enums === 0 ? [] : [counted(enums, 'enum')])]
}
