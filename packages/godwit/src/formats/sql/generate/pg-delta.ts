import { loadPeer, peerVersion } from '../../../loading/peer.js'

/** The version that was tried; it is an alpha, and another may do other things. */
export const triedVersion = '1.0.0-alpha.34'

const packageName = '@supabase/pg-delta'

/** What an object goes by, as far as it is looked at here. */
export interface FactId {
  kind: string
  name?: string
  schema?: string
  table?: string
  args?: string[]
  /** Of a comment. */
  target?: FactId
}

/** One object of a database, or a part of one: a table, a column, a default, a comment. */
export interface Fact {
  id: FactId
  parent?: FactId
  payload: Readonly<Record<string, unknown>>
}

export interface Edge {
  from: FactId
  to: FactId
  kind: 'depends' | 'owner' | 'memberOfExtension' | 'managedBy'
}

/** A whole database, object by object. */
export interface FactBase {
  facts: () => readonly Fact[]
  readonly edges: readonly Edge[]
  get: (id: FactId) => Fact | undefined
}

export type Delta =
  | { verb: 'add' | 'remove'; fact: Fact }
  | { verb: 'set'; id: FactId; attr: string }
  | { verb: 'link' | 'unlink'; edge: Edge }

/** One statement of a plan. */
export interface Action {
  sql: string
  produces: readonly FactId[]
  destroys: readonly FactId[]
  dataLoss: 'none' | 'destructive'
}

export interface RenameCandidate {
  kind: string
  from: FactId
  to: FactId
  status: 'unambiguous' | 'ambiguous' | 'nearMiss'
}

export interface Plan {
  deltas: readonly Delta[]
  actions: readonly Action[]
  renameCandidates: readonly RenameCandidate[]
}

/** What extracting asks of a connection pool. */
export interface OneClientPool {
  connect: () => Promise<{ query: (text: string, values?: unknown[]) => Promise<unknown>; release: () => void }>
}

/** The part of pg-delta that is used. */
export interface PgDelta {
  extract: (pool: OneClientPool) => Promise<{
    factBase: FactBase
    diagnostics: { code: string; message: string }[]
  }>
  buildFactBase: (facts: readonly Fact[], edges: readonly Edge[]) => FactBase
  diff: (from: FactBase, to: FactBase) => Delta[]
  encodeId: (id: FactId) => string
  plan: (
    from: FactBase,
    to: FactBase,
    options: {
      renames: 'prompt'
      acceptRenames: { from: FactId; to: FactId }[]
      assumedRoles: string[]
    },
  ) => Plan
}

/**
 * Loads the library that compares two databases.
 *
 * @throws GODWIT_PEER_MISSING
 */
export async function loadPgDelta(projectDir: string, warn: (message: string) => void): Promise<PgDelta> {
  const loaded = await loadPeer<PgDelta>(packageName, {
    from: projectDir,
    install: `--save-dev ${packageName}@${triedVersion}`,
    why: 'generating from a database or a file of SQL',
  })
  const version = peerVersion(packageName, projectDir)
  if (version !== triedVersion) warn(`${packageName} ${version} was not tried with this version; ${triedVersion} was.`)
  return loaded
}
