import * as mongoose from 'mongoose'
import { Migration } from './framework'

const batchSize = 1_000

interface Contact {
  name?: string
  firstName?: string
  lastName?: string
}

/**
 * The dialler greets people by their first name, so `name` becomes `firstName` and `lastName`, cut at the first blank. A
 * single word is a first name alone. Joined again it is what it was.
 */
export const SplitContactNamesMigration: Migration = {
  name: '002-split-contact-names',
  idempotent: true,

  up: async (): Promise<void> => {
    await rewrite({ name: { $exists: true } }, ({ name = '' }) => {
      const blank = name.indexOf(' ')
      const firstName = blank < 0 ? name : name.slice(0, blank)
      const lastName = blank < 0 ? {} : { lastName: name.slice(blank + 1) }
      return { $set: { firstName, ...lastName }, $unset: { name: '' } }
    })
  },

  down: async (): Promise<void> => {
    await rewrite({ firstName: { $exists: true } }, ({ firstName, lastName }) => {
      const name = lastName === undefined ? firstName : `${firstName} ${lastName}`
      return { $set: { name }, $unset: { firstName: '', lastName: '' } }
    })
  },
}

/** Rewrites the contacts that match, in batches. A contact that is done matches no more, so it may stop at any time. */
async function rewrite(filter: object, change: (contact: Contact) => object): Promise<void> {
  const contacts = mongoose.connection.collection<Contact>('contacts')
  const total = await contacts.countDocuments(filter)
  let done = 0
  let batch: Parameters<typeof contacts.bulkWrite>[0][number][] = []
  const write = async (): Promise<void> => {
    if (batch.length === 0) return
    await contacts.bulkWrite(batch, { ordered: false })
    done += batch.length
    batch = []
    console.log(`002-split-contact-names: ${done} of ${total} contacts`)
  }
  for await (const contact of contacts.find(filter)) {
    batch.push({ updateOne: { filter: { _id: contact._id }, update: change(contact) } })
    if (batch.length === batchSize) await write()
  }
  await write()
}
