/**
 * Where in a message and its answer the connection is lost:
 *
 * - `before`: the server gets nothing of the message;
 * - `inside`: it gets the first bytes of it;
 * - `sent`: it gets all of it, and its answer is not waited for;
 * - `answered`: it is done with the message, and nothing of its answer arrives;
 * - `told`: the first bytes of the answer arrive.
 */
export type CutPlace = 'before' | 'inside' | 'sent' | 'answered' | 'told'

/**
 * What happens to the runner then:
 *
 * - `lost`: it may connect again at once, and goes on as it thinks right;
 * - `raced`: so does it, while another runner starts;
 * - `away`: it can reach nothing until another runner has finished, and then it can again;
 * - `killed`: it is a process, and dies by SIGKILL at that very moment.
 */
export type Fate = 'lost' | 'raced' | 'away' | 'killed'

/** One cut; enough to repeat it. */
export interface Cut {
  /** Which of the client's messages on its first connection, from 0. */
  message: number
  place: CutPlace
  /** For `inside` and `told`: how many bytes pass. */
  bytes: number
  fate: Fate
}

export const FATES: readonly Fate[] = ['lost', 'raced', 'away', 'killed']
export const PLACES: readonly CutPlace[] = ['before', 'inside', 'sent', 'answered', 'told']

/** A cut as it is printed and typed, such as `17.inside.40.away`. */
export function cutToText({ message, place, bytes, fate }: Cut): string {
  return [message, place, bytes, fate].join('.')
}

/** Reads what {@link cutToText} wrote. */
export function cutFromText(text: string): Cut {
  const [message, place, bytes, fate] = text.split('.')
  if (!PLACES.includes(place as CutPlace) || !FATES.includes(fate as Fate)) throw new Error(`not a cut: ${text}`)
  return { message: Number(message), place: place as CutPlace, bytes: Number(bytes), fate: fate as Fate }
}

/** What a client sent and got on an uninterrupted connection. */
export interface Exchange {
  /** Bytes of the message. */
  sent: number
  /** Bytes of its answer. */
  answered: number
}

/**
 * Chooses cuts of a conversation, spread over all its messages and places. What comes once the steps run is chosen four
 * times as often as what comes before.
 *
 * @param stepsFrom the first message that belongs to the steps
 */
export function chooseCuts(
  exchanges: readonly Exchange[],
  stepsFrom: number,
  count: number,
  fates: readonly Fate[],
  random: () => number,
): Cut[] {
  const pool: { cut: Cut; rank: number }[] = []
  for (const [message, { sent, answered }] of exchanges.entries()) {
    for (const place of PLACES) {
      const room = place === 'inside' ? sent : place === 'told' ? answered : 0
      if ((place === 'inside' || place === 'told') && room < 2) continue
      if (place === 'answered' && answered === 0) continue
      const bytes = room === 0 ? 0 : 1 + Math.floor(random() * (room - 1))
      const fate = fates[Math.floor(random() * fates.length)] as Fate
      const rank = random() ** (message >= stepsFrom ? 0.25 : 1)
      pool.push({ cut: { message, place, bytes, fate }, rank })
    }
  }
  pool.sort((a, b) => b.rank - a.rank)
  const cuts = pool.map((each) => each.cut).slice(0, count)
  // More than there are places: again, with other bytes and fates.
  if (cuts.length === 0 || cuts.length === count) return cuts
  return [...cuts, ...chooseCuts(exchanges, stepsFrom, count - cuts.length, fates, random)]
}
