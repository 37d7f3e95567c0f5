import { GodwitError } from '../errors.js'
import type { Rename, RenameAnswers } from '../formats/contract.js'
import { pathNames, pathText, splitOutsideQuotes } from '../sql/path.js'

/** A question about what looks renamed; `true`: it is a rename. */
export type AskRename = (rename: Rename) => Promise<boolean>

/**
 * Reads `--rename` and `--no-rename`: `users.name:users.full_name`, `users.name:full_name`, `users:people`, `"my.table":tables`.
 *
 * @throws GODWIT_RENAME_UNUSABLE
 */
export function readRenames(renamed: readonly string[] = [], notRenamed: readonly string[] = []): RenameAnswers {
  return { renamed: renamed.map(readRename), notRenamed: notRenamed.map(readRename) }
}

function readRename(written: string): Rename {
  const unusable = (reason: string) => new GodwitError('GODWIT_RENAME_UNUSABLE', { written, reason })
  const sides = splitOutsideQuotes(written, ':')
  const [from, given] = sides.map(pathNames)
  if (sides.length !== 2 || sides.some((side) => side.trim() === '')) throw unusable('it has no old and new name')
  if (from === undefined || given === undefined)
    throw unusable('quotes stand around a whole name, and one within a name is doubled')
  const within = from.slice(0, -1)
  const to = given.length === 1 ? [...within, ...given] : given
  if (to.length !== from.length) throw unusable('one side has more parts than the other')
  if ([...from, ...to].includes('')) throw unusable('a part of a name is empty')
  // What moves to another table or schema is no rename, and no statement makes one of it.
  const [before, after] = [pathText(within), pathText(to.slice(0, -1))]
  if (before !== after) throw unusable(`the old name is in ${before}, the new one in ${after}`)
  const rename = { from: pathText(from), to: pathText(to) }
  if (rename.from === rename.to) throw unusable('it is one name')
  return rename
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
