import * as mongoose from 'mongoose'
import { Migration } from './framework'

const timestamps = { createdAt: { bsonType: 'date' }, updatedAt: { bsonType: 'date' } }

/** What every document of a collection must comply with. */
export const validators = {
  users: {
    bsonType: 'object',
    required: ['email', 'passwordHash', 'role', 'active'],
    properties: {
      email: {
        bsonType: 'string',
        pattern: '^[^@\\sA-Z]+@[^@\\sA-Z]+$',
        description: 'lower case, so that it is unique',
      },
      passwordHash: { bsonType: 'string', pattern: '^scrypt\\$', description: 'never a password' },
      name: { bsonType: 'string' },
      role: { enum: ['admin', 'supervisor', 'agent'] },
      active: { bsonType: 'bool' },
      ...timestamps,
    },
  },
  campaigns: {
    bsonType: 'object',
    required: ['name', 'status', 'createdBy'],
    properties: {
      name: { bsonType: 'string', minLength: 1 },
      goal: { bsonType: 'string' },
      script: { bsonType: 'string' },
      status: { enum: ['draft', 'active', 'paused', 'completed'] },
      createdBy: { bsonType: 'objectId' },
      ...timestamps,
    },
  },
  contacts: {
    bsonType: 'object',
    required: ['campaign', 'phoneNumber', 'status', 'doNotCall'],
    properties: {
      campaign: { bsonType: 'objectId' },
      phoneNumber: { bsonType: 'string', pattern: '^\\+[1-9]\\d{6,14}$', description: 'E.164' },
      status: { enum: ['new', 'reached', 'not-reached', 'interested', 'declined'] },
      doNotCall: { bsonType: 'bool' },
      lastCalledAt: { bsonType: 'date' },
      ...timestamps,
    },
  },
}

type CollectionName = keyof typeof validators

export const CreateInitialCollectionsMigration: Migration = {
  name: '001-create-initial-collections',
  idempotent: true,

  up: async (): Promise<void> => {
    for (const name of Object.keys(validators) as CollectionName[]) await createCollection(name)
    await mongoose.connection.collection('users').createIndexes([
      { key: { email: 1 }, name: 'users_email_unique', unique: true },
      { key: { role: 1, active: 1 }, name: 'users_role_active' },
    ])
    await mongoose.connection.collection('campaigns').createIndexes([
      { key: { name: 1 }, name: 'campaigns_name_unique', unique: true },
      { key: { status: 1 }, name: 'campaigns_status' },
    ])
    await mongoose.connection.collection('contacts').createIndexes([
      { key: { campaign: 1, phoneNumber: 1 }, name: 'contacts_campaign_phone_unique', unique: true },
      // Who is to be called next.
      { key: { campaign: 1, status: 1, lastCalledAt: 1 }, name: 'contacts_next_call' },
    ])
  },

  down: async (): Promise<void> => {
    for (const name of Object.keys(validators)) {
      if (!(await exists(name))) continue
      await database().dropCollection(name)
      console.log(`001-create-initial-collections: ${name} dropped`)
    }
  },
}

/** Makes a collection with its validator; one that is there already gets it, for documents that comply with it now. */
async function createCollection(name: CollectionName): Promise<void> {
  const validator = { $jsonSchema: validators[name] }
  const existing = await exists(name)
  if (existing) {
    await database().command({ collMod: name, validator, validationLevel: 'moderate' }).catch(ignoreUnknownCommand)
  } else await database().createCollection(name, { validator })
  console.log(`001-create-initial-collections: ${name} ${existing ? 'was there' : 'created'}`)
}

async function exists(name: string): Promise<boolean> {
  const collections = await database().listCollections().toArray()
  return collections.some((collection) => collection.name === name)
}

// Servers that only speak MongoDB's protocol may have no collMod; those check no documents either.
function ignoreUnknownCommand(error: { code?: number }): void {
  if (error.code !== 59) throw error
}

function database() {
  const { db } = mongoose.connection
  if (db === undefined) throw new Error('mongoose is not connected')
  return db
}
