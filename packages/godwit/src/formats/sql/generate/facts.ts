import type pg from 'pg'
import { type Catalog, readCatalog } from '../../../catalog/read.js'
import { pathText } from '../../../sql/path.js'
import type { Edge, Fact, FactBase, FactId, PgDelta } from './pg-delta.js'

/** A database as it is compared. */
export interface State {
  facts: FactBase
  /** The same as Godwit itself reads it, for what pg-delta does not see. */
  catalog: Catalog
  /** Kinds of object that it holds and that cannot be compared, in words. */
  unknown: string[]
  /** Roles that it speaks of. */
  roles: string[]
}

/** Who may do what is a matter of the place, not of the schema: owners, grants and roles are not compared. */
const ofThePlace = new Set([
  'role',
  'membership',
  'acl',
  'securityLabel',
  'defaultPrivilege',
  'userMapping',
  'subscription',
])

/** What is the history's own. */
export interface Ours {
  history: string
  schema: string
}

/** Reads a database, but for what belongs to the place it runs at and to Godwit. Nothing is written. */
export async function readState(library: PgDelta, client: pg.Client, ours: Ours): Promise<State> {
  const { factBase, diagnostics } = await library.extract({
    connect: async () => ({ query: (text, values) => client.query(text, values), release: () => {} }),
  })
  const all = factBase.facts()
  const left = leftOut(all, ours, library.encodeId)
  const isKept = (id: FactId) => !left.has(library.encodeId(id))
  const edges = factBase.edges.filter(({ kind, from, to }: Edge) => kind !== 'owner' && isKept(from) && isKept(to))
  return {
    facts: library.buildFactBase(
      all.filter(({ id }) => isKept(id)),
      edges,
    ),
    catalog: new Map([...(await readCatalog(client))].filter(([, { at }]) => !isOursAt(at, ours))),
    unknown: diagnostics.filter(({ code }) => code === 'unmodeled_kind').map(({ message }) => uncompared(message)),
    roles: all.flatMap(({ id }) => (id.kind === 'role' && id.name !== undefined ? [id.name] : [])),
  }
}

// `2 unmodeled "cast" objects not managed by this engine (e.g. a AS b, c AS d) — …`
function uncompared(message: string): string {
  const [, kind, names] = /^\d+ unmodeled "([^"]+)" objects? .*?\(e\.g\. (.*)\) — /s.exec(message) ?? []
  return kind === undefined ? message : `${kind} ${names}`
}

// With everything that hangs on it; a parent may come behind its children.
function leftOut(all: readonly Fact[], ours: Ours, encode: PgDelta['encodeId']): Set<string> {
  const left = new Set<string>()
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const { id, parent } of all) {
      const hangsOn = [parent, id.target].some((each) => each !== undefined && left.has(encode(each)))
      if (hangsOn || ofThePlace.has(id.kind) || isOurs(id, ours)) left.add(encode(id))
    }
  }
  return left
}

function isOurs(id: FactId, { history, schema }: Ours): boolean {
  if (id.kind === 'schema') return id.name === schema
  return id.schema === schema || (id.kind === 'table' && id.name === history) || id.table === history
}

function isOursAt([schema, table]: readonly string[], ours: Ours): boolean {
  return schema === ours.schema || table === ours.history || table === `${ours.history}_pkey`
}

const words: Readonly<Record<string, string>> = {
  materializedView: 'materialized view',
  foreignTable: 'foreign table',
  typeAttribute: 'attribute',
  eventTrigger: 'event trigger',
}

/** An object for people: `column users.name`, with its schema where that is not the usual one. */
export function inWords(id: FactId): string {
  return `${words[id.kind] ?? id.kind} ${pathOf(id)}`
}

/** `users.name`, `sales.users`, `"my.table".name`: with its schema where that is not the usual one. */
export function pathOf({ schema, table, name = '' }: FactId): string {
  return pathText([schema === 'public' ? undefined : schema, table, name])
}
