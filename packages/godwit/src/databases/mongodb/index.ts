import type { DocumentDatabase } from '../contract.js'
import { mongoAddress } from './url.js'

/** A server that speaks MongoDB's protocol. */
export function mongoDatabase(url: string): DocumentDatabase {
  return {
    kind: 'mongodb',
    address: mongoAddress(url),
    open: async (history, options) => {
      const { MongoTarget } = await import('./target.js')
      return MongoTarget.open(url, history, options)
    },
  }
}
