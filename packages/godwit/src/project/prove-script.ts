import type pg from 'pg'
import { type Catalog, type CatalogObject, difference, readCatalog } from '../catalog/read.js'
import { type DatabaseScript, type LeftOut, writeScript } from '../catalog/script/write.js'
import { GodwitError } from '../errors.js'
import type { KeepableDatabase, ShadowPlace } from '../shadow/contract.js'
import { extensionLacking } from '../shadow/extension-lacking.js'
import { serverMajor } from '../shadow/major.js'

/** A database, and the statements that are said to make it. */
export interface Claim extends DatabaseScript {
  catalog: Catalog
  leftOut: LeftOut
  /** For people, and its major version. */
  database: string
  major: number
  /** Makes on a shadow what is left to others. */
  setUp?: (empty: KeepableDatabase) => Promise<void>
}

/**
 * Runs the statements on a shadow that holds at most what is left to others and compares: the catalogues, and what the same reading writes of the shadow, which
 * tells the rest (comments, the order of columns, settings of columns).
 *
 * @returns what it was proven on, for people
 * @throws GODWIT_SHADOW_MAJOR, GODWIT_SHADOW_EXTENSION, GODWIT_BASELINE_UNPROVEN
 */
export async function proveScript(place: ShadowPlace, claim: Claim): Promise<string> {
  const empty = await place.open()
  if (empty === undefined) throw new GodwitError('GODWIT_BUG', { what: 'no empty shadow' })
  try {
    return await proveOn(empty, place.product, claim)
  } finally {
    await empty.close()
  }
}

async function proveOn(empty: KeepableDatabase, product: string, claim: Claim): Promise<string> {
  await claim.setUp?.(empty)
  const client = await empty.connect()
  try {
    const major = await serverMajor(client)
    const shadow = `${product} (PostgreSQL ${major})`
    const { database } = claim
    if (major !== claim.major) throw new GodwitError('GODWIT_SHADOW_MAJOR', { database, major: claim.major, shadow })
    await make(client, claim.statements, shadow)
    const unproven = (reason: string) => new GodwitError('GODWIT_BASELINE_UNPROVEN', { shadow, reason })
    const there = await readCatalog(client)
    const { gone, made, changed } = difference(claim.catalog, there)
    const written = await writeScript(client, claim.leftOut)
    const isLeftOut = (key: string) =>
      isOut(claim, claim.catalog.get(key)) || isOut({ ...claim, ...written }, there.get(key))
    const other = [...gone, ...made, ...changed].filter((key) => key !== 'schema public' && !isLeftOut(key))
    if (other.length > 0) throw unproven(`these differ: ${other.join(', ')}`)
    const again = new Set(written.statements)
    const wanted = new Set(claim.statements)
    const lost = claim.statements.find((statement) => !again.has(statement))
    if (lost !== undefined) throw unproven(`this comes out in another way: ${lost}`)
    const added = [...again].find((statement) => !wanted.has(statement))
    if (added !== undefined) throw unproven(`this comes with it: ${added}`)
    return shadow
  } finally {
    await client.end()
  }
}

async function make(client: pg.Client, statements: readonly string[], shadow: string): Promise<void> {
  await client.query('BEGIN')
  for (const statement of statements) {
    try {
      await client.query(statement)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      const unproven = new GodwitError('GODWIT_BASELINE_UNPROVEN', { shadow, reason }, { cause, statement })
      throw extensionLacking('The database', reason, { cause }) ?? unproven
    }
  }
  await client.query('COMMIT')
}

function isOut({ leftOut, out }: Pick<Claim, 'leftOut' | 'out'>, object: CatalogObject | undefined): boolean {
  const [schema = '', name = ''] = object?.at ?? []
  return leftOut.schemas.includes(schema) || out.has(`${schema}.${name}`)
}
