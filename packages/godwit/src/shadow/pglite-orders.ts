/** What the thread of a PGlite is made with. */
export interface PgliteData {
  /** Where the packages are looked for. */
  projectDir: string
  /** PostgreSQL's names of the extensions that are asked for. */
  extensions: readonly string[]
  /** The archive of a data folder to begin with. */
  archive: Uint8Array | undefined
}

/** What it is told; the first answer comes when it is there. `protocol`: messages of the wire protocol. */
export type PgliteOrder =
  | { type: 'protocol'; messages: Uint8Array }
  | { type: 'run'; sql: string }
  | { type: 'archive' }

/** Its answers, in the order of what was asked. `bytes`: of the protocol, or the archive of its data folder. */
export type PgliteAnswer = { bytes: Uint8Array | null } | { error: Record<string, unknown> & { message: string } }
