import { GodwitError } from '../../../errors.js'
import type { Generated, GenerateRequest, NewMigration } from '../../contract.js'
import { counted } from '../../counted.js'
import { composeFolder, folderName } from '../create.js'
import { checkSchema } from '../engine/check-schema.js'
import { type CompareRequest, compare } from '../engine/compare.js'
import type { SchemaFile } from '../schema-source.js'
import { type Changes, readChanges } from './changes.js'
import { type Handmade, readHandmade } from './handmade.js'
import { describeHandmade, hide, lostWith, toHide } from './keep.js'
import { makeRenames, unansweredRenames } from './renames.js'
import { composeDown, composeUp, losesData, type Warnings, warningsOf } from './scripts.js'
import { nameSequences, sequenceTypes } from './sequences.js'
import { absentSchemas, prepareSession } from './session.js'
import { tryScript } from './trial.js'

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
 * @throws GODWIT_PRISMA_SCHEMA, GODWIT_PRISMA_ENGINE, GODWIT_RENAME_UNUSABLE, GODWIT_NAME_UNUSABLE, GODWIT_PEER_MISSING
 */
export async function generateMigration(context: GenerateContext, request: GenerateRequest): Promise<Generated> {
  const { projectDir, files, folder, external } = context
  if (request.from !== undefined)
    throw new GodwitError('GODWIT_USAGE', { command: 'generate', reason: '--from is for formats without models' })
  folderName(folder, request.name, request.now, projectDir)
  await checkSchema(files, projectDir)
  const client = await request.shadow.connect()
  try {
    const schema = await prepareSession(client, context.schema)
    const renamed = await makeRenames(client, request.renames.renamed, schema)
    await client.query('SAVEPOINT replayed')
    const filters = { externalTables: external.tables, externalEnums: external.enums }
    const found = await compareModels({ projectDir, files, client, schema, filters })
    const { up, down, changes, back, lost } = found
    const statements = [...renamed.up, ...changes.statements]
    const schemas = await absentSchemas(client, changes.createdSchemas)
    const { losses, others } = await warned({ projectDir, files, client, schema, filters }, up, request)
    await client.query('ROLLBACK TO SAVEPOINT replayed')
    const against = await tryScript(client, changes.statements)
    const compose = (): NewMigration => ({
      ...composeFolder(folder, request.name, request.now, projectDir, () => ({
        up: composeUp(up, renamed.up),
        down: composeDown(down, renamed.down, { changes, back, lost, schema, schemas }),
      })),
      notes: against === undefined ? others : [...others, failsNote(against)],
    })
    return {
      compared: comparedIn(files),
      migration: statements.length === 0 ? null : compose(),
      statements,
      unanswered: unansweredRenames(changes, back, request.renames),
      losses: [...losses, ...lost.map((each) => `The ${describeHandmade(each)} goes, too.`)],
      kept: found.kept.map(describeHandmade),
    }
  } finally {
    await client.query('ROLLBACK').catch(() => {})
    await client.end()
  }
}

function failsNote(reason: string): string {
  return `migration.sql fails on the shadow: ${reason}. Correct it before it is applied.`
}

/** What Prisma warns of; with a database at hand that is about the rows in it. */
async function warned(compared: CompareRequest, up: string, { live }: GenerateRequest): Promise<Warnings> {
  const told = warningsOf(up)
  if (live === undefined || up === '') return told
  const { dataLoss } = await import('../engine/data-loss.js')
  // A database that is behind the history, or not as it says, is told by `status`.
  const found = await live((session) => dataLoss(compared, session)).catch(() => undefined)
  return found === undefined
    ? told
    : {
        losses: found.warnings.filter(losesData),
        others: [...found.impossible, ...found.warnings.filter((each) => !losesData(each))],
      }
}

interface Found {
  up: string
  down: string
  changes: Changes
  back: Changes
  kept: Handmade[]
  lost: Handmade[]
}

/** Compares twice where the engine would drop what no model can say: the second time it does not see it. */
async function compareModels(request: CompareRequest): Promise<Found> {
  const { client } = request
  const handmade = await readHandmade(client)
  let { up, down } = await compare(request)
  let changes = await readChanges(up)
  const hidden = toHide(handmade, changes)
  if (hidden.length > 0) {
    await hide(client, hidden)
    ;({ up, down } = await compare(request))
    changes = await readChanges(up)
  }
  const lost = lostWith(handmade, changes)
  const kept = handmade.filter((each) => !lost.includes(each) && (each.kind !== 'expression' || hidden.includes(each)))
  const back = await readChanges(down)
  const types = await sequenceTypes(
    client,
    changes.droppedSequences.map(({ written }) => written),
  )
  return { up, down: nameSequences(down, back, changes, types), changes, back, kept, lost }
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
