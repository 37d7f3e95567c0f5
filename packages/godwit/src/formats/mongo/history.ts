import type { HistoryCollection } from '../contract.js'
import type { MongoSection } from './section.js'

/** The collection `migrations`: one document a migration, gone when it is undone. `FORMATS.md` describes it. */
export function mongoHistory(section: MongoSection | undefined): HistoryCollection {
  const nameField = section?.history?.name ?? 'name'
  const timeField = section?.history?.appliedAt ?? 'appliedAt'
  return {
    kind: 'collection',
    name: section?.collection ?? 'migrations',
    read: (document) => {
      const name: unknown = document[nameField]
      if (typeof name !== 'string') return undefined
      return { name, appliedAt: timeOf(document[timeField]), checksum: null }
    },
    record: ({ name, at }) => ({ [nameField]: name, [timeField]: at }),
    find: (name) => ({ [nameField]: name }),
  }
}

/** Home-made runners also write a text or a number of milliseconds. */
function timeOf(value: unknown): Date | null {
  if (!(value instanceof Date) && typeof value !== 'string' && typeof value !== 'number') return null
  const time = new Date(value)
  return Number.isNaN(time.getTime()) ? null : time
}
