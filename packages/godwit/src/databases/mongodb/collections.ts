import type { Db } from 'mongodb'
import { connect } from './connection.js'
import { placeOf } from './url.js'

/** A collection, and how many documents it has. */
export interface CountedCollection {
  name: string
  documents: number
}

/** Works on the database of a URL, on a client of its own. */
export async function onMongo<T>(url: string, projectDir: string, work: (db: Db) => Promise<T>): Promise<T> {
  const { client, db } = await connect(placeOf(url), projectDir)
  try {
    return await work(db)
  } finally {
    await client.close()
  }
}

/** The collections and views of a database, without the server's own. */
export async function collectionNames(db: Db): Promise<string[]> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray()
  return found
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('system.'))
    .sort()
}

/** Counts every document; views hold none. */
export async function countCollections(db: Db): Promise<CountedCollection[]> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray()
  const counted: CountedCollection[] = []
  for (const { name, type } of found)
    if (type !== 'view' && !name.startsWith('system.'))
      counted.push({ name, documents: await db.collection(name).countDocuments({}) })
  return counted.sort((a, b) => (a.name < b.name ? -1 : 1))
}
