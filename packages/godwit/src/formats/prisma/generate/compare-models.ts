import { type CompareRequest, type Comparison, compare } from '../engine/compare.js'
import { type Changes, readChanges } from './changes.js'
import { type Handmade, readHandmade } from './handmade.js'
import { hide, lostWith, toHide } from './keep.js'
import { mendScript } from './mend.js'
import { nameSequences, sequenceTypes } from './sequences.js'

/** What the models say beyond the replayed history. */
export interface Found {
  up: string
  down: string
  changes: Changes
  back: Changes
  kept: Handmade[]
  lost: Handmade[]
}

/**
 * Compares the models with a replayed state. Twice where the engine would drop what no model can say: the second time it does not see it.
 *
 * @param own the schema of Godwit's records, which nobody's hand has made
 */
export async function compareModels(request: CompareRequest, own: string): Promise<Found> {
  const { client } = request
  const handmade = await readHandmade(client, own, request.partialIndexes)
  let { up, down } = await compareBoth(request)
  let changes = await readChanges(up)
  const hidden = toHide(handmade, changes)
  if (hidden.length > 0) {
    await hide(client, hidden)
    ;({ up, down } = await compareBoth(request))
    changes = await readChanges(up)
  }
  const lost = lostWith(handmade, changes)
  // A comment that stays is nothing to tell; nor is what the models say, too.
  const told = handmade.filter((each) => each.kind !== 'comment' && (!isSayable(each) || hidden.includes(each)))
  const kept = told.filter((each) => !lost.includes(each))
  const back = await readChanges(down)
  const types = await sequenceTypes(
    client,
    changes.droppedSequences.map(({ written }) => written),
  )
  return { up, down: nameSequences(down, back, changes, types), changes, back, kept, lost }
}

function isSayable({ kind, hide }: Handmade): boolean {
  return kind === 'expression' || (kind === 'type' && hide !== null)
}

async function compareBoth(request: CompareRequest): Promise<Comparison> {
  const { up, down } = await compare(request)
  return { up: await mendScript(up), down: await mendScript(down) }
}
