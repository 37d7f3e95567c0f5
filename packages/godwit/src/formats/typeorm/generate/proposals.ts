import { KeptAnswers } from '../../../shadow/kept-answers.js'
import type { DataSource, Query, QueryRunner, Table } from '../typeorm-shapes.js'
import { changingTypes, type TypeChanges } from './change-type.js'
import { type Change, changeOf } from './changes.js'
import { readingManyTables, rememberingPaths } from './many-tables.js'
import { ofAnyDatabase } from './mended.js'
import { notingInSchema } from './records.js'

/** Something that TypeORM wants to be changed: the statements of one step of its comparison. */
export interface Proposal extends Change {
  up: Query[]
  /** In the order in which they undo. */
  down: Query[]
}

/** How the entities are compared. */
export interface Comparison extends TypeChanges {
  /** What is known of the tables as they are. */
  answers: KeptAnswers
}

/**
 * Lets TypeORM compare the entities with the database it is connected to, and takes down what it would do. It makes no
 * guess about renames, and changes the type of a column instead of making it anew.
 */
export async function proposals(dataSource: DataSource, comparison: Comparison): Promise<Proposal[]> {
  return recorded(dataSource, comparison, async () => {
    const builder = dataSource.driver.createSchemaBuilder()
    builder.renameColumns = async () => {}
    rememberingPaths(builder)
    await builder.log()
  })
}

/** Takes down what one call of a query runner would do; nothing is run. */
export async function proposalsOf(
  dataSource: DataSource,
  call: (runner: QueryRunner) => Promise<unknown>,
): Promise<Proposal[]> {
  return recorded(dataSource, undefined, async () => {
    const runner = dataSource.createQueryRunner()
    runner.enableSqlMemory()
    try {
      await call(runner)
    } finally {
      runner.disableSqlMemory()
      await runner.release()
    }
  })
}

async function recorded(
  dataSource: DataSource,
  comparison: Comparison | undefined,
  compare: () => Promise<void>,
): Promise<Proposal[]> {
  const { driver } = dataSource
  const found: Proposal[] = []
  const create = driver.createQueryRunner
  driver.createQueryRunner = (mode) => {
    const runner = create.call(driver, mode)
    const step: Step = {}
    record(runner, dataSource, step, found)
    askingInTurn(runner)
    readingManyTables(runner, comparison?.answers ?? new KeptAnswers(undefined))
    if (comparison !== undefined) changingTypes(runner, dataSource, comparison)
    followSteps(runner, dataSource, step)
    notingInSchema(runner, dataSource)
    return runner
  }
  try {
    await compare()
  } finally {
    driver.createQueryRunner = create
  }
  return found.filter(({ up }) => up.length > 0)
}

// TypeORM asks several things at once, which `pg` warns of on a single client.
function askingInTurn(runner: QueryRunner): void {
  const { query } = runner
  let last: Promise<unknown> = Promise.resolve()
  runner.query = (...given) => {
    const answer = last.then(() => query.apply(runner, given))
    last = answer.catch(() => {})
    return answer
  }
}

/** The step that is being made. */
interface Step {
  change?: Change | undefined
}

function record(runner: QueryRunner, { driver }: DataSource, step: Step, found: Proposal[]): void {
  const portable = (queries: Query[]) => queries.map((query) => ofAnyDatabase(query, driver.database))
  const execute = runner.executeQueries
  runner.executeQueries = async (up, down) => {
    const change = step.change ?? { kind: 'other' }
    found.push({ ...change, up: portable(listed(up)), down: portable(listed(down).toReversed()) })
    await execute.call(runner, up, down)
  }
}

// A step may call another one, such as changeColumn does dropColumn: the outermost says what it is about.
function followSteps(runner: QueryRunner, dataSource: DataSource, step: Step): void {
  const methods = runner as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>
  for (const name of steps) {
    const method = methods[name]
    if (method === undefined) continue
    methods[name] = async (...given: unknown[]) => {
      if (step.change !== undefined) return method.apply(runner, given)
      step.change = changeOf(name, given[0] as Table, given.slice(1), dataSource)
      try {
        return await method.apply(runner, given)
      } finally {
        step.change = undefined
      }
    }
  }
}

const steps = [
  'createTable',
  'addColumn',
  'dropColumn',
  'changeColumn',
  'createIndex',
  'dropIndex',
  'createViewIndex',
  'dropViewIndex',
  'createCheckConstraint',
  'dropCheckConstraint',
  'createUniqueConstraint',
  'dropUniqueConstraint',
  'createExclusionConstraint',
  'dropExclusionConstraint',
  'createForeignKey',
  'dropForeignKey',
  'changeTableComment',
  'createView',
  'dropView',
] as const

function listed(queries: Query | Query[]): Query[] {
  return Array.isArray(queries) ? queries : [queries]
}
