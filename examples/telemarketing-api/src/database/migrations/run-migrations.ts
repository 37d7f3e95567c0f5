import { CreateInitialCollectionsMigration } from './001-create-initial-collections'
import { SplitContactNamesMigration } from './002-split-contact-names'
import { AddUserPreferencesMigration } from './003-add-user-preferences'
import { Migration } from './framework'

/** All migrations of this project. `npm run migration:up` runs those that are not applied yet. */
export const migrations: Migration[] = [
  CreateInitialCollectionsMigration,
  SplitContactNamesMigration,
  AddUserPreferencesMigration,
]
