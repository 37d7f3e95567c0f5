import { relative } from 'node:path'
import type pg from 'pg'
import { readCatalog } from '../../../catalog/read.js'
import { KeptAnswers } from '../../../shadow/kept-answers.js'
import { hasAnswers, knownAnswers } from '../../answered-names.js'
import type { ComparedModels, FailedStatement, Generated, GenerateRequest } from '../../contract.js'
import { counted } from '../../counted.js'
import { composeMigration } from '../create.js'
import { refuseApostrophe, refuseEntityForJoinTable, refuseTwoForOneTable } from '../entity-errors.js'
import type { DataSource, Query } from '../typeorm-shapes.js'
import type { WorkingSession } from '../working-session.js'
import { lossesOf } from './losses.js'
import { migrationText } from './migration-text.js'
import { type EntityPlaces, modelsOf } from './models.js'
import { type Proposal, proposals } from './proposals.js'
import { ownRecords } from './records.js'
import { looksRenamed, namesKnown, rename } from './renames.js'
import { concurrently, type Trial, tryOut } from './trial.js'
import { writtenAs } from './written-as.js'

/** Where a generated migration goes. */
export interface Destination {
  projectDir: string
  /** Absolute. */
  folder: string
  language: 'ts' | 'js'
}

/**
 * Composes what the entities say and the shadow lacks, as TypeORM itself would write it.
 *
 * @throws GODWIT_TYPEORM_ENTITIES, GODWIT_TYPEORM_TWO_ENTITIES, GODWIT_TYPEORM_JOIN_TABLE, GODWIT_RENAME_UNUSABLE,
 *   GODWIT_RECREATE_UNKNOWN
 */
export async function generateFromEntities(
  session: WorkingSession,
  request: GenerateRequest,
  destination: Destination,
  entities: Pick<EntityPlaces, 'globs' | 'dataSource'>,
): Promise<Generated> {
  const client = await request.shadow.connect()
  try {
    return await session.on(client, async (dataSource) => {
      const { entityMetadatas } = dataSource
      refuseTwoForOneTable(entityMetadatas, destination.projectDir)
      refuseEntityForJoinTable(entityMetadatas, destination.projectDir)
      refuseApostrophe(entityMetadatas, relative(destination.projectDir, entities.dataSource), destination.projectDir)
      const { projectDir, folder: migrations } = destination
      const models = () => modelsOf(entityMetadatas, { projectDir, migrations, ...entities })
      await client.query('BEGIN')
      // It is there when migrations are run, also where none has been yet, or none with such entities.
      await session.prepare(client)
      return await generated(dataSource, client, request, destination, models)
    })
  } finally {
    await client.query('ROLLBACK')
    await client.end()
  }
}

async function generated(
  dataSource: DataSource,
  client: pg.Client,
  request: GenerateRequest,
  destination: Destination,
  findModels: () => Promise<ComparedModels>,
): Promise<Generated> {
  await ownRecords(client, dataSource)
  const { renames, recreate } = hasAnswers(request)
    ? knownAnswers(request, namesKnown(dataSource, await readCatalog(client)))
    : request
  const renamed = await rename(dataSource, client, renames.renamed)
  // Of tables that were renamed nothing is known.
  const answers = renamed.length === 0 ? request.shadow.answers : new KeptAnswers(undefined)
  const proposed = await proposals(dataSource, { client, recreate, answers })
  const unanswered = await looksRenamed(proposed, () => readCatalog(client), dataSource, renames)
  const nothing: Trial = { effective: [], again: [], notes: [] }
  const trial = proposed.length === 0 ? nothing : tryOut(client, proposed)
  // While the shadow is at work.
  const [{ effective, again, notes, failing }, models] = await Promise.all([trial, findModels()])
  const anew: Proposal = { kind: 'other', up: [], down: again.map((query) => ({ query })) }
  const found = [...renamed, ...(again.length === 0 ? [] : [anew]), ...effective]
  const statements = found.flatMap(({ up }) => up.map(({ query }) => query))
  return {
    compared: comparedOf(dataSource),
    migration: found.length === 0 ? null : { ...compose(request, found, destination), notes },
    ...failingOf(failing ?? apartFrom(found)),
    statements,
    unanswered,
    losses: lossesOf(found),
    kept: [],
    models,
  }
}

function failingOf(failing: FailedStatement | undefined): Pick<Generated, 'failing'> {
  return failing === undefined ? {} : { failing }
}

function isApart({ query }: Query): boolean {
  return concurrently.test(query)
}

// What can only run outside of a transaction, beside what is to be in one.
function apartFrom(found: readonly Proposal[]): FailedStatement | undefined {
  const up = found.flatMap((proposal) => proposal.up)
  const apart = up.find(isApart)
  if (apart === undefined || up.every(isApart)) return undefined
  return {
    statement: apart.query,
    reason: 'it cannot run in a transaction, as what is beside it does: generate it by itself',
  }
}

function compose(request: GenerateRequest, found: readonly Proposal[], destination: Destination) {
  const { folder, language, projectDir } = destination
  const up = found.flatMap((proposal) => proposal.up)
  const down = found.toReversed().flatMap((proposal) => proposal.down)
  const written = writtenAs(folder, language)
  const template = {
    ending: `.${language}`,
    textFor: (name: string) =>
      migrationText(name, { up, down, transaction: up.length === 0 || !up.every(isApart) }, written),
  }
  return composeMigration(request.name, { now: request.now, language, template, folder, projectDir })
}

function comparedOf({ entityMetadatas }: DataSource): string[] {
  const synchronized = entityMetadatas.filter(({ synchronize }) => synchronize)
  const views = synchronized.filter(({ tableType }) => tableType === 'view')
  const tables = new Set(synchronized.filter((each) => !views.includes(each)).map(({ tablePath }) => tablePath))
  return [
    counted(entityMetadatas.length, 'entity', 'entities'),
    counted(tables.size, 'table'),
    ...(views.length === 0 ? [] : [counted(views.length, 'view')]),
  ]
}
