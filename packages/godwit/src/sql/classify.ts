import { destroyedBy } from './destroys.js'
import { hasSecrets } from './mask.js'
import { reachesOutside } from './outward.js'
import { loadParser, parseStatement, type Tree } from './parser.js'
import { beginsPlain, plainDdl } from './plain-ddl.js'
import { isPlainInsert } from './plain-insert.js'
import { type SessionEffects, sessionEffects } from './session.js'
import { type Survey, survey } from './survey.js'
import { commandTag } from './tags.js'
import { tokens } from './tokens.js'
import { type Control, controlOf, neverInTransaction } from './transaction.js'

export { isParserLoaded, loadParser } from './parser.js'
export type { Control } from './transaction.js'

/** What the engine needs to know of one statement before it runs. */
export interface Classification {
  /** The command tag the server answers with, such as `CREATE INDEX`; the first word when the text was not parsed. */
  tag: string
  /**
   * `never`: refused inside a transaction block. `control`: begins or ends one. `value-added`: adds an enum value, which
   * the same transaction may not use (rule 16).
   */
  transaction: 'any' | 'never' | 'control' | 'value-added'
  control?: Control
  /** `COMMIT AND CHAIN`, `ROLLBACK AND CHAIN`: the next transaction has begun. */
  chain?: boolean
  /** May leave something in the session: settings, a role, temporary tables, cursors, locks. When in doubt, true. */
  leavesSession: boolean
  /** Only sets something for the session, so that it can be replayed in another one (rule 13). */
  sessionSettings?: boolean
  /** Leaves what another session cannot have, such as a temporary table (rule 13). */
  blocksResume?: boolean
  /** Chooses the isolation of its transaction, which only the first statements of it may. */
  setsTransaction?: boolean
  /** False when our parser does not know the syntax, or the statement is above {@link PARSE_LIMIT}; it is sent as it is. */
  parsed: boolean
  /** Data that goes: `table users`, `column users.email`, `rows of users`. */
  destroys?: string[]
  /** What it does beyond this database, for the shadow to refuse (rule 31): `roles`, `program`, … */
  outward?: string
  /** Holds a literal that must not be shown: see `maskSecrets`. */
  secrets: boolean
}

const beginsInsert = /^insert\b/i

/** UTF-16 units above which a statement is not given to the parser, which needs some 60 times its size in memory. */
export const PARSE_LIMIT = 1_000_000

/**
 * Classifies one statement, as {@link Statement.text} holds it; takes time in proportion to its length. Never throws for
 * any SQL; {@link loadParser} must have been awaited, but where {@link classifyPlain} knows the statement.
 */
export function classify(text: string): Classification {
  return classifyPlain(text) ?? classifyParsed(text)
}

/** Classifies as {@link classify} does; loads the parser where it is needed. */
export async function classifyLazily(text: string): Promise<Classification> {
  const plain = classifyPlain(text)
  if (plain !== undefined) return plain
  await loadParser()
  return classifyParsed(text)
}

/** Whether {@link classifyPlain} may know a statement, by its first words. */
export function mayBePlain(text: string): boolean {
  return beginsPlain.test(text) || beginsInsert.test(text)
}

/** Classifies a statement as {@link classify} does, where that can be done without the parser. */
export function classifyPlain(text: string): Classification | undefined {
  const known = isPlainInsert(text)
    ? { tag: 'INSERT', destroys: [] }
    : text.length > PARSE_LIMIT
      ? undefined
      : plainDdl(text)
  if (known === undefined) return undefined
  const { tag, destroys } = known
  const lost = destroys.length > 0 ? { destroys } : {}
  return { tag, transaction: 'any', leavesSession: false, ...lost, parsed: true, secrets: hasSecrets(text) }
}

/** Classifies a statement by its tree, as {@link classify} does where nothing simpler knows it. */
export function classifyParsed(text: string): Classification {
  const tree = text.length > PARSE_LIMIT ? undefined : parseStatement(text)
  if (tree === undefined) return unparsed(text)
  try {
    const found = survey(tree)
    const session = effects(sessionEffects(tree, found))
    return { ...transactionPart(tree), ...session, ...dangers(tree, found), parsed: true, secrets: hasSecrets(text) }
  } catch (error) {
    // a tree nested deeper than our own stack
    if (error instanceof RangeError) return unparsed(text)
    throw error
  }
}

function transactionPart(tree: Tree): Pick<Classification, 'tag' | 'transaction' | 'control' | 'chain'> {
  const tag = commandTag(tree)
  const control = controlOf(tree)
  if (control !== undefined) {
    return { tag, transaction: 'control', control: control.control, ...(control.chain ? { chain: true } : {}) }
  }
  if (neverInTransaction(tree)) return { tag, transaction: 'never' }
  if (tree.kind === 'AlterEnumStmt' && !('oldVal' in tree.fields)) return { tag, transaction: 'value-added' }
  return { tag, transaction: 'any' }
}

function effects(of: SessionEffects): Pick<Classification, keyof SessionEffects> {
  return {
    leavesSession: of.leavesSession,
    ...(of.sessionSettings ? { sessionSettings: true } : {}),
    ...(of.blocksResume ? { blocksResume: true } : {}),
    ...(of.setsTransaction ? { setsTransaction: true } : {}),
  }
}

function dangers(tree: Tree, found: Survey): Pick<Classification, 'destroys' | 'outward'> {
  const destroys = destroyedBy(tree, found)
  const outward = reachesOutside(tree, found)
  return { ...(destroys.length > 0 ? { destroys } : {}), ...(outward === undefined ? {} : { outward }) }
}

function unparsed(text: string): Classification {
  const first = tokens(text).next().value
  const tag = first?.kind === 'word' ? first.text.slice(0, 63).toUpperCase() : ''
  return { tag, transaction: 'any', leavesSession: tag !== 'COPY', parsed: false, secrets: hasSecrets(text) }
}
