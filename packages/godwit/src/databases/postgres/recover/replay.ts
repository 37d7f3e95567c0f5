import type { CompiledStatement } from '../compile.js'

/**
 * The statements among those that are done which set something for the session, as they must be sent again in another
 * one (rule 13): not those that a ROLLBACK took back.
 *
 * @param done in the order of the script
 */
export function settingsToReplay(done: readonly CompiledStatement[]): CompiledStatement[] {
  let kept: CompiledStatement[] = []
  // Of the open transaction, and where its last savepoint stands.
  let open: CompiledStatement[] | undefined
  let savepoint = 0
  for (const statement of done) {
    const { control, chain, sessionSettings, tag } = statement.class
    if (control === 'begin') open ??= []
    else if (control === 'savepoint') savepoint = open?.length ?? 0
    else if (control === 'rollback-to') open = open?.slice(0, savepoint)
    else if (control === 'commit' || control === 'prepare' || control === 'rollback') {
      if (control !== 'rollback') kept.push(...(open ?? []))
      open = chain ? [] : undefined
      savepoint = 0
    } else if (tag === 'DISCARD ALL') kept = []
    else if (sessionSettings) (open ?? kept).push(statement)
  }
  return kept
}
