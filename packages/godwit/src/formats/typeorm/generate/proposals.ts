import type { DataSource, Query } from '../typeorm-shapes.js'

/** Something that TypeORM wants to be changed: the statements of one step of its comparison. */
export interface Proposal {
  up: Query[]
  /** In the order in which they undo. */
  down: Query[]
}

/** Lets TypeORM compare the entities with the database it is connected to. Renames are nobody's guess: it makes none. */
export async function proposals(dataSource: DataSource): Promise<Proposal[]> {
  const { driver } = dataSource
  const found: Proposal[] = []
  const create = driver.createQueryRunner
  driver.createQueryRunner = (mode) => {
    const runner = create.call(driver, mode)
    const execute = runner.executeQueries
    runner.executeQueries = async (up, down) => {
      found.push({ up: listed(up), down: listed(down).toReversed() })
      await execute.call(runner, up, down)
    }
    return runner
  }
  try {
    const builder = driver.createSchemaBuilder()
    builder.renameColumns = async () => {}
    await builder.log()
  } finally {
    driver.createQueryRunner = create
  }
  return found.filter(({ up }) => up.length > 0)
}

function listed(queries: Query | Query[]): Query[] {
  return Array.isArray(queries) ? queries : [queries]
}
