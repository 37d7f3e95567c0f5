import { connection } from 'mongoose'

/** The collections that the seeds fill. */
const seeded = ['contacts', 'campaigns', 'users']

/**
 * Says what a clear would delete, and deletes it. On a production database (`NODE_ENV=production`, or marked by
 * `godwit protect`) only for who names the database.
 *
 * @param confirmed the database's name, as somebody typed it
 */
export async function clear(name: string, confirmed: string | undefined): Promise<void> {
  console.log(`This deletes from the database ${name}:`)
  for (const collection of seeded) {
    const count = await connection.collection(collection).countDocuments()
    console.log(`  ${collection.padEnd(10)} ${String(count).padStart(6)} documents`)
  }
  if (confirmed !== name && (await isProduction())) {
    throw new Error(
      `${name} is a production database: nothing was deleted. To delete it all the same, type its name:\n  npm run seed:clear -- --production=${name}`,
    )
  }
  for (const collection of seeded) await connection.collection(collection).deleteMany({})
  console.log('Deleted.')
}

async function isProduction(): Promise<boolean> {
  if (process.env.NODE_ENV === 'production') return true
  const mark = await connection
    .collection<{ _id: string; value: unknown }>('godwit_settings')
    .findOne({ _id: 'production' })
  return mark?.value === true
}
