import type pg from 'pg'
import type { GenerateRequest } from '../../contract.js'
import type { RenameStatements } from '../../rename-statements.js'
import { type Ours, readState, type State } from './facts.js'
import { type Statement, statementsOf, textOf } from './mend.js'
import type { FactBase, FactId, PgDelta, Plan } from './pg-delta.js'
import { planOf } from './plan-of.js'
import { makeRename, renamedTypes } from './renames.js'

/** What a comparison is about, before anything was compared. */
export interface Beginning {
  library: PgDelta
  request: GenerateRequest
  ours: Ours
  client: pg.Client
  wanted: State
}

/** What comes ahead of the rest, in either way. */
export interface Ahead {
  up: Statement[]
  /** In the order in which they undo. */
  down: Statement[]
}

/**
 * Does on the database what the rest is to be compared with, and takes it back: renames, and new types that columns of new tables are of.
 *
 * @returns the statements, with the state that they give
 * @throws GODWIT_RENAME_UNUSABLE, GODWIT_GENERATE_IMPOSSIBLE
 */
export async function doneAhead(
  { library, client, ours, request, wanted }: Beginning,
  roles: string[],
): Promise<{ ahead: Ahead; state: State }> {
  const ahead: Ahead = { up: [], down: [] }
  const done = ({ up, down }: RenameStatements): void => {
    ahead.up.push({ sql: up })
    ahead.down.unshift({ sql: down })
  }
  const read = () => readState(library, client, ours)
  const plan = (from: FactBase, to: FactBase) => planOf(library, from, to, roles)
  try {
    for (const rename of request.renames.renamed) done(await makeRename(client, rename))
    let state = await read()
    const renames = renamedTypes(plan(state.facts, wanted.facts))
    for (const rename of renames) {
      await client.query(rename.up)
      done(rename)
    }
    if (renames.length > 0) state = await read()
    const types = await doneOf(client, typesAhead(plan(state.facts, wanted.facts), wanted.facts))
    if (types.length === 0) return { ahead, state }
    const typed = await read()
    ahead.up.push(...types.map((sql) => ({ sql })))
    ahead.down.unshift(...statementsOf(plan(typed.facts, state.facts), typed.facts, state.facts, library.encodeId))
    return { ahead, state: typed }
  } finally {
    for (const { sql } of ahead.down) await client.query(sql)
  }
}

const typeKinds = new Set(['schema', 'type', 'domain'])

// pg-delta makes a table without the columns of a type that is new as well, and adds those behind the others: the types come first
// where a table would get its columns in another order.
function typesAhead({ actions, deltas }: Plan, wanted: FactBase): string[] {
  const made = actions.flatMap(({ produces }) => produces)
  const tables = new Set(made.filter(({ kind }) => kind === 'table').map(({ schema, name }) => pathIn(schema, name)))
  const isPutOff = ({ kind, schema, table }: FactId): boolean => kind === 'column' && tables.has(pathIn(schema, table))
  const splits = actions.some(
    ({ produces }) => !produces.some(({ kind }) => kind === 'table') && produces.some(isPutOff),
  )
  if (!splits) return []
  // What is over a type that changes would be in its way, were it there already.
  const changed = new Set(
    deltas.flatMap((delta) => (delta.verb === 'set' ? pathIn(delta.id.schema, delta.id.name) : [])),
  )
  const over = new Set(
    wanted.edges
      .filter(({ kind, to }) => kind === 'depends' && to.kind === 'type' && changed.has(pathIn(to.schema, to.name)))
      .map(({ from: { schema, table, name } }) => pathIn(schema, table ?? name)),
  )
  const isAhead = ({ kind, schema, name }: FactId): boolean => typeKinds.has(kind) && !over.has(pathIn(schema, name))
  return actions.filter(({ produces, destroys }) => destroys.length === 0 && produces.some(isAhead)).map(textOf)
}

function pathIn(schema = '', name = ''): string {
  return JSON.stringify([schema, name])
}

// One that needs a table or a function comes with the rest.
async function doneOf(client: pg.Client, statements: readonly string[]): Promise<string[]> {
  const done: string[] = []
  for (const sql of statements) {
    await client.query(sql).then(
      () => done.push(sql),
      () => {},
    )
  }
  return done
}
