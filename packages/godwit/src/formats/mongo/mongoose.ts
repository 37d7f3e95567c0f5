import { GodwitError } from '../../errors.js'
import type { DocumentWork } from '../contract.js'
import { installedMongoose, isLoaded, loadMongoose, type Mongoose, type MongooseConnection } from './mongoose-module.js'

/** Connects the user's own mongoose for migrations that use `mongoose.connection`. */
export class MongooseConnections {
  /** Those that were connected here. */
  readonly #own = new Set<Mongoose>()

  /**
   * Lets the mongoose that a folder's modules get work on the place a migration works on. One that the application has
   * connected there already stays as it is.
   *
   * @param folder of the migration's file
   * @param always also connect a mongoose that nobody has imported yet; the migration may import it when it runs
   * @throws GODWIT_MONGOOSE_ELSEWHERE
   */
  async attach(folder: string, work: DocumentWork, always: boolean): Promise<void> {
    const file = installedMongoose(folder)
    if (file === undefined || !(always || isLoaded(file))) return
    const mongoose = await loadMongoose(folder)
    const { connection } = mongoose
    if (connection.readyState === 2) await connection.asPromise()
    if (connection.readyState === 1) {
      refuseElsewhere(connection, work)
      return
    }
    // Models must not build collections and indexes by themselves while migrations do.
    await mongoose.connect(work.url, { dbName: work.db.databaseName, autoIndex: false, autoCreate: false })
    this.#own.add(mongoose)
    // Closed in the middle of a run: the lease was lost, or the run stopped. Nothing more goes this way either.
    work.client.once('topologyClosed', () => {
      if (this.#own.has(mongoose)) void connection.close(true).catch(() => {})
    })
  }

  /** Disconnects what was connected here. */
  async close(): Promise<void> {
    const own = [...this.#own]
    this.#own.clear()
    await Promise.all(own.map((mongoose) => mongoose.connection.close()))
  }
}

function refuseElsewhere(connection: MongooseConnection, { client, db }: DocumentWork): void {
  const [there, here] = [hostsOf(connection.getClient()), hostsOf(client)]
  // Of a replica set one member in common is enough.
  const same = connection.name === db.databaseName && there.some((host) => here.includes(host))
  if (same) return
  const [connected, wanted] = [address(there, connection.name), address(here, db.databaseName)]
  throw new GodwitError('GODWIT_MONGOOSE_ELSEWHERE', { connected, wanted })
}

function address(hosts: readonly string[], database: string): string {
  return `mongodb://${hosts.join(',')}/${database}`
}

/** The servers of a client, whichever copy of the driver made it. */
function hostsOf(client: unknown): string[] {
  const { options } = client as { options?: { hosts?: readonly unknown[] } }
  return (options?.hosts ?? []).map((host) => String(host).replace(/^(?:localhost|\[::1\]|::1)(?=:|$)/, '127.0.0.1'))
}
