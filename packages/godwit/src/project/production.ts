import type { Look } from '../engine/migration.js'
import { GodwitError } from '../errors.js'

/** How somebody agrees to what destroys data. */
export interface Consent {
  /** Agreed beforehand (`--yes`). */
  yes?: boolean
  /** The database's name, typed; needed when it is marked as production. */
  confirm?: string | undefined
  /**
   * Asks a person; told what goes and, for a production database, the name that must be typed. Absent: nobody can be
   * asked (no terminal).
   */
  ask?: (question: ConsentQuestion) => Promise<boolean>
}

/** What a person is asked. */
export interface ConsentQuestion {
  /** The verb, such as `reset`. */
  action: string
  database: string
  /** Everything that goes, one line each. */
  goes: string[]
  /** Set for production: the answer must be this name. */
  mustType?: string
}

/**
 * Lets what destroys data go on only with consent: on a terminal somebody is asked; off it `--yes` is needed; and a
 * production database wants its name, whatever else was said (rule 34).
 *
 * @throws GodwitError GODWIT_CONFIRM_PRODUCTION, GODWIT_CONFIRM_NEEDED, GODWIT_DECLINED
 */
export async function requireConsent(question: ConsentQuestion, production: boolean, consent: Consent): Promise<void> {
  const { action, database, goes } = question
  if (production) {
    if (consent.confirm === database) return
    if (consent.confirm === undefined && consent.ask !== undefined) {
      if (await consent.ask({ ...question, mustType: database })) return
      throw new GodwitError('GODWIT_DECLINED', { action })
    }
    throw new GodwitError('GODWIT_CONFIRM_PRODUCTION', { action, database, goes })
  }
  if (consent.yes || consent.confirm === database) return
  if (consent.ask === undefined) throw new GodwitError('GODWIT_CONFIRM_NEEDED', { action, database, goes })
  if (!(await consent.ask(question))) throw new GodwitError('GODWIT_DECLINED', { action })
}

/**
 * The mark in the database, or `NODE_ENV=production`; no host name tells it (a tunnel is local too). A mark that cannot
 * be read is not taken for none.
 */
export function isProduction(
  look: Pick<Look, 'production' | 'journal'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return look.production || look.journal === 'denied' || env.NODE_ENV === 'production'
}
