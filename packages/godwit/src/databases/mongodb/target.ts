import type { HistoryCollection } from '../../formats/contract.js'
import type { OpenOptions, Target } from '../contract.js'

export class MongoTarget {
  static async open(_url: string, _history: HistoryCollection, _options: OpenOptions): Promise<Target> {
    throw new Error('to be written')
  }
}
