import * as mongoose from 'mongoose'
import { Migration } from './framework'

export const AddUserPreferencesMigration: Migration = {
  name: '003-add-user-preferences',

  up: async (): Promise<void> => {
    const collection = mongoose.connection.collection('users')
    await collection.updateMany({ preferences: { $exists: false } }, { $set: { preferences: {} } })
  },

  down: async (): Promise<void> => {
    const collection = mongoose.connection.collection('users')
    await collection.updateMany({}, { $unset: { preferences: '' } })
  },
}
