import type { DocumentDatabase } from '../contract.js'
import { placeOf } from './url.js'

/** A server that speaks MongoDB's protocol. */
export function mongoDatabase(url: string): DocumentDatabase {
  const place = placeOf(url)
  return {
    kind: 'mongodb',
    address: place.address,
    open: async (history, options) => {
      const { MongoTarget } = await import('./target.js')
      return MongoTarget.open(place, history, options)
    },
  }
}
