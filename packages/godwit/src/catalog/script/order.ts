import { GodwitError } from '../../errors.js'

/** A statement that makes one object. */
export interface Part {
  id: string
  /** Where it stands where nothing demands another place. */
  place: number
  schema: string | null
  sql: string
}

/**
 * Puts each part behind those it needs, else by place and text.
 *
 * @throws GodwitError GODWIT_BASELINE_UNWRITABLE where parts need each other
 */
export function inOrder<P extends Part>(parts: readonly P[], needs: readonly { id: string; needs: string }[]): P[] {
  const known = new Map(parts.map((part) => [part.id, part]))
  const missing = new Map<string, Set<string>>()
  const waiting = new Map<string, string[]>()
  for (const { id, needs: other } of needs) {
    if (!known.has(id) || !known.has(other)) continue
    missing.set(id, (missing.get(id) ?? new Set()).add(other))
    waiting.set(other, [...(waiting.get(other) ?? []), id])
  }
  // One queue a place: a database has thousands of parts and a dozen places.
  const queues = new Map<number, P[]>()
  const enqueue = (part: P): void => {
    const queue = queues.get(part.place)
    if (queue === undefined) queues.set(part.place, [part])
    else queue.push(part)
  }
  for (const part of parts.toSorted((a, b) => (a.sql < b.sql ? -1 : 1))) if (!missing.has(part.id)) enqueue(part)
  const ordered: P[] = []
  for (let part = next(queues); part !== undefined; part = next(queues)) {
    ordered.push(part)
    for (const id of waiting.get(part.id) ?? []) {
      const left = missing.get(id)
      left?.delete(part.id)
      const ready = left?.size === 0 ? known.get(id) : undefined
      if (ready !== undefined && missing.delete(id)) enqueue(ready)
    }
  }
  if (ordered.length === parts.length) return ordered
  const circle = parts.filter(({ id }) => missing.has(id)).map(({ sql }) => sql.split('\n', 1)[0] ?? '')
  throw new GodwitError('GODWIT_BASELINE_UNWRITABLE', { objects: circle.map((sql) => `circle of needs: ${sql}`) })
}

function next<P>(queues: Map<number, P[]>): P | undefined {
  const place = [...queues].filter(([, queue]) => queue.length > 0).map(([key]) => key)
  return place.length === 0 ? undefined : queues.get(Math.min(...place))?.shift()
}
