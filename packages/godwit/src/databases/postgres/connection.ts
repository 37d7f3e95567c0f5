import type { Socket } from 'node:net'
import { hostname } from 'node:os'
import type pg from 'pg'
import { isGodwitError } from '../../errors.js'
import { loadPeer } from '../../loading/peer.js'
import { toConnectionError } from './connection-errors.js'
import type { ConnectionSettings } from './connection-settings.js'
import { encoded, Message, type MessageResult } from './message.js'

const LEFT_OPEN_MS = 5_000

/** One dedicated client: a pool would drop the connection on an error, and the lock with it. */
export class Connection {
  readonly client: pg.Client
  readonly #settings: ConnectionSettings
  #lost: Error | undefined
  /** A migration set another encoding; what we send is UTF-8. */
  #foreignEncoding = false
  /** The transaction that is open waits for the step to come. */
  #begunAhead = false

  private constructor(client: pg.Client, settings: ConnectionSettings) {
    this.client = client
    this.#settings = settings
    const wire = (client as unknown as { connection: ParameterSource & TextWire }).connection
    if (settings.sends !== undefined) sendInstead(wire, settings.sends)
    wire.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'client_encoding') this.#foreignEncoding = parameterValue.toUpperCase() !== 'UTF8'
    })
    client.on('error', (error: Error) => {
      this.#lost ??= error
    })
  }

  /**
   * Connects.
   *
   * @throws GodwitError GODWIT_CONNECTION_… with a sentence for what the driver said
   */
  static async open(settings: ConnectionSettings, projectDir: string): Promise<Connection> {
    try {
      return await Connection.#connect(settings, projectDir)
    } catch (error) {
      if (!settings.plainIfNoTls || !isGodwitError(error) || error.code !== 'GODWIT_CONNECTION_NO_TLS') throw error
      const { ssl: _, ...config } = settings.config
      return Connection.#connect({ ...settings, config, plainIfNoTls: false }, projectDir)
    }
  }

  static async #connect(settings: ConnectionSettings, projectDir: string): Promise<Connection> {
    const driver = await asLaterNode(() => loadDriver(projectDir))
    const client = asLaterNode(() => makeClient(driver, settings))
    const connection = new Connection(client, settings)
    try {
      await client.connect()
    } catch (error) {
      await client.end().catch(() => {})
      throw toConnectionError(error, settings)
    }
    return connection
  }

  /** The socket died; what was under way may or may not have been done. */
  get lost(): Error | undefined {
    return this.#lost
  }

  /** How a further connection to the same place is made; the password as it was used. */
  get config(): pg.ClientConfig {
    const { password } = this.client as unknown as { password: unknown }
    return { ...this.#settings.config, ...(typeof password === 'string' ? { password } : {}) }
  }

  /**
   * There is no session behind it: the backend that answers is not the one of the handshake, so another may answer next
   * time (rule 8).
   *
   * @param backend what `pg_backend_pid()` says
   */
  isPooled(backend: number): boolean {
    return !this.embedded && (this.client as unknown as { processID: number | null }).processID !== backend
  }

  /** It leads to the database in this process. */
  get embedded(): boolean {
    return this.#settings.stream !== undefined
  }

  /**
   * Sends one simple-protocol message of any number of statements.
   *
   * @throws MessageFailure with the number of statements that were done
   */
  async send(text: string): Promise<MessageResult> {
    await this.dropBegun()
    // A message is read in the encoding that was set before it came: ours must not be read in a migration's.
    if (this.#foreignEncoding && this.transactionStatus !== 'E') {
      this.#foreignEncoding = false
      await this.send("SET client_encoding TO 'UTF8'")
    }
    const message = new Message(text)
    this.client.query(message)
    return message.done
  }

  /** Makes a message beforehand, for {@link sendReady}. */
  ready(text: string): Message {
    return new Message(this.#settings.sends === undefined ? encoded(text) : text)
  }

  /** Sends a message that was made beforehand, at once; nothing when something must go out ahead of it. */
  sendReady(message: Message): Promise<MessageResult> | undefined {
    if (this.#begunAhead || this.#foreignEncoding || this.#lost !== undefined) return undefined
    this.client.query(message)
    return message.done
  }

  /** As `send`, at once: ahead of what anybody sends next. For a session whose transaction is a function's. */
  sendNow(text: string): Promise<MessageResult> {
    const send = (sent: string): Promise<MessageResult> => {
      const message = new Message(sent)
      this.client.query(message)
      return message.done
    }
    if (this.#foreignEncoding) send("SET LOCAL client_encoding TO 'UTF8'").catch(() => {})
    return send(text)
  }

  /** The message that was just answered ended in the opening of the next step's transaction, to save it a round trip. */
  begunAhead(): void {
    this.#begunAhead = true
  }

  /** Whether such a transaction is open; from now on it is the asker's. */
  takeBegun(): boolean {
    const begun = this.#begunAhead
    this.#begunAhead = false
    return begun
  }

  /** Ends it when no step comes for it. */
  async dropBegun(): Promise<void> {
    if (this.takeBegun()) await this.send('ROLLBACK')
  }

  /** `I`: no transaction, `T`: in one, `E`: in a failed one. */
  get transactionStatus(): 'I' | 'T' | 'E' | null {
    return (this.client as unknown as { getTransactionStatus: () => 'I' | 'T' | 'E' | null }).getTransactionStatus()
  }

  /** Nothing is under way, and no transaction open. */
  get outside(): boolean {
    return this.#idle && this.transactionStatus === 'I'
  }

  /**
   * Waits for everything that was sent and not waited for, and for the server's last word on it: `pg` rejects a failed
   * query before it knows the transaction's new status. A cursor or a COPY that was left open, and does nothing, never ends:
   * its session is given up.
   */
  async settled(): Promise<void> {
    // Behind everything that is only waiting for its turn, and may send something more.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    if (this.#idle) return
    let before = this.#bytes
    const watch = setInterval(() => {
      const still = before === this.#bytes
      before = this.#bytes
      if (still && this.#streams) this.giveUp(new Error('a cursor or a COPY stream was left open'))
    }, LEFT_OPEN_MS)
    while (!this.#idle && this.#lost === undefined) await this.#drained()
    clearInterval(watch)
  }

  // A query of ours behind what is under way would make `pg` warn of it.
  #drained(): Promise<void> {
    const { client } = this
    return new Promise((resolve) => {
      const done = (): void => {
        client.off('drain', done).off('end', done)
        resolve()
      }
      client.on('drain', done).on('end', done)
    })
  }

  get #bytes(): number {
    const { bytesRead, bytesWritten } = this.#stream
    return bytesRead + bytesWritten
  }

  // What is under way was made by neither `pg` nor us.
  get #streams(): boolean {
    const client = this.client as unknown as { _getActiveQuery?: () => unknown; activeQuery?: unknown }
    const active = '_getActiveQuery' in client ? client._getActiveQuery?.() : client.activeQuery
    const { Query } = this.client.constructor as unknown as { Query: new () => unknown }
    return active != null && !(active instanceof Message) && !(active instanceof Query)
  }

  /** The server is at work on nothing. */
  get #idle(): boolean {
    return (this.client as unknown as { readyForQuery: boolean }).readyForQuery
  }

  /** Asks the server to cancel the running statement, over a connection of its own (rule 9). */
  async cancel(projectDir: string): Promise<void> {
    // The next statement could be one of ours.
    if (this.#settings.stream !== undefined || this.#idle) return
    const driver = await loadDriver(projectDir)
    const messenger = new driver.Client(this.#settings.config) as unknown as {
      connection: Canceller
      ssl: unknown
      host: string
      port: number
      on: (event: 'error', listener: () => void) => void
    }
    const { processID, secretKey } = this.client as unknown as { processID: number; secretKey: number }
    await new Promise<void>((resolve) => {
      const wire = messenger.connection
      wire.on('error', () => resolve())
      wire.on('end', () => resolve())
      wire.on(messenger.ssl ? 'sslconnect' : 'connect', () => wire.cancel(processID, secretKey))
      if (messenger.host.startsWith('/')) wire.connect(`${messenger.host}/.s.PGSQL.${messenger.port}`)
      else wire.connect(messenger.port, messenger.host)
      setTimeout(resolve, 5_000).unref()
    })
  }

  /** Lets go of a session that nothing more can be done with; the embedded one is the only one that there is. */
  giveUp(reason: Error): void {
    if (this.embedded) return
    this.#lost ??= reason
    this.#stream.destroy()
  }

  get #stream(): Socket {
    return (this.client as unknown as { connection: { stream: Socket } }).connection.stream
  }

  /** Ends the connection; a dead one is let go. */
  async close(): Promise<void> {
    if (this.#lost !== undefined) {
      this.#stream.destroy()
      return
    }
    await this.client.end().catch(() => {})
  }
}

function loadDriver(projectDir: string): Promise<typeof pg> {
  return loadPeer<typeof pg>('pg', { from: projectDir, why: 'talking to PostgreSQL' })
}

function makeClient(driver: typeof pg, settings: ConnectionSettings): pg.Client {
  try {
    return new driver.Client({
      application_name: `godwit (${hostname()}, pid ${process.pid})`,
      keepAlive: true,
      // The system's own is two hours: for as long a run would wait for a server that vanished.
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 15_000,
      ...settings.config,
      ...(settings.stream === undefined ? {} : { stream: settings.stream }),
    })
  } catch (error) {
    // It reads the certificates that the URL names.
    throw toConnectionError(error, settings)
  }
}

// Node 21 and later have `navigator`; without it `pg` loads undici, some 20 ms, to tell Cloudflare's workers apart: when it
// is loaded itself (8.23) or when a client is made (before).
function asLaterNode<T>(make: () => T): T {
  if ('navigator' in globalThis) return make()
  const value = { userAgent: `Node.js/${process.versions.node}` }
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true })
  try {
    return make()
  } finally {
    Reflect.deleteProperty(globalThis, 'navigator')
  }
}

interface ParameterSource {
  on: (event: 'parameterStatus', listener: (status: { parameterName: string; parameterValue: string }) => void) => void
}

/** Where every text goes, by the simple and by the extended protocol. */
interface TextWire {
  query: (text: string) => void
  parse: (query: { text: string }) => void
}

function sendInstead(wire: TextWire, sends: (text: string) => string): void {
  const { query, parse } = wire
  wire.query = (text) => query.call(wire, sends(text))
  wire.parse = (given) => parse.call(wire, { ...given, text: sends(given.text) })
}

interface Canceller {
  on: (event: string, listener: () => void) => void
  connect: (port: number | string, host?: string) => void
  cancel: (processID: number, secretKey: number) => void
}
