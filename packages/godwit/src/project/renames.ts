import { GodwitError } from '../errors.js'
import type { Rename, RenameAnswers } from '../formats/contract.js'

/** A question about what looks renamed; `true`: it is a rename. */
export type AskRename = (rename: Rename) => Promise<boolean>

/**
 * Reads `--rename` and `--no-rename`: `users.name:users.full_name`, `users.name:full_name`, `users:people`.
 *
 * @throws GODWIT_RENAME_UNUSABLE
 */
export function readRenames(renamed: readonly string[] = [], notRenamed: readonly string[] = []): RenameAnswers {
  return { renamed: renamed.map(readRename), notRenamed: notRenamed.map(readRename) }
}

function readRename(written: string): Rename {
  const unusable = (reason: string) => new GodwitError('GODWIT_RENAME_UNUSABLE', { written, reason })
  const sides = written.split(':').map((side) => side.trim())
  const [from, given] = sides
  if (sides.length !== 2 || !from || !given) throw unusable('it has no old and new name')
  const parts = from.split('.')
  const to = given.includes('.') || parts.length === 1 ? given : [...parts.slice(0, -1), given].join('.')
  if (to.split('.').length !== parts.length) throw unusable('one side has more parts than the other')
  if ([...parts, ...to.split('.')].includes('')) throw unusable('a part of a name is empty')
  // What moves to another table or schema is no rename, and no statement makes one of it.
  const [before, after] = [from, to].map((path) => path.slice(0, Math.max(0, path.lastIndexOf('.'))))
  if (before !== after) throw unusable(`the old name is in ${before}, the new one in ${after}`)
  if (from === to) throw unusable('it is one name')
  return { from, to }
}

/**
 * Gets an answer for each pair that looks renamed.
 *
 * @throws GODWIT_RENAME_OR_NOT when there is nobody to ask
 */
export async function settleRenames(
  answers: RenameAnswers,
  unanswered: readonly Rename[],
  ask: AskRename | undefined,
): Promise<RenameAnswers> {
  if (ask === undefined) throw new GodwitError('GODWIT_RENAME_OR_NOT', { pairs: [...unanswered] })
  const renamed = [...answers.renamed]
  const notRenamed = [...answers.notRenamed]
  for (const rename of unanswered) {
    const taken = renamed.some(({ from, to }) => from === rename.from || to === rename.to)
    if (!taken && (await ask(rename))) renamed.push(rename)
    else notRenamed.push(rename)
  }
  return { renamed, notRenamed }
}
