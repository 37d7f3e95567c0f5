import type { Format, FormatContext } from '../contract.js'
import type { MongoSection } from './section.js'

export type { MongoSection } from './section.js'

export async function openMongoFormat(_: FormatContext<MongoSection | undefined>): Promise<Format> {
  throw new Error('to be written')
}
