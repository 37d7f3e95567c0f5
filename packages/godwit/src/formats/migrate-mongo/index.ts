import type { Format, FormatContext } from '../contract.js'
import type { MigrateMongoSection } from './section.js'

export type { MigrateMongoSection } from './section.js'

export async function openMigrateMongoFormat(_: FormatContext<MigrateMongoSection | undefined>): Promise<Format> {
  throw new Error('to be written')
}
