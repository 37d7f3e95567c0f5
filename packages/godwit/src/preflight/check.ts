/** What a finding is about. Stable. */
export type FindingCode =
  | 'blocked'
  | 'cast-fails'
  | 'check-violated'
  | 'conflicting-rows'
  | 'disk-space'
  | 'does-not-exist'
  | 'duplicate-keys'
  | 'exists-already'
  | 'label-in-use'
  | 'missing-extension'
  | 'missing-reference'
  | 'missing-right'
  | 'not-checkable'
  | 'nulls'
  | 'prepared-transaction'
  | 'replication-slot'
  | 'required-column'
  | 'too-large'
  | 'value-too-long'

/** A question to the rows that are there, whose answer tells whether a statement will fail. */
export interface RowCheck {
  kind: 'rows'
  code: FindingCode
  /** Its name now, for the size budget and for people. */
  table: { schema: string; name: string }
  bytes: number
  /**
   * SELECT of what breaks it, one row a breach: `key` (text) tells which rows, `value` (text) what is in them, `rows` (int) how
   * many they are.
   */
  query: string
  /** The schemas in which it looks for functions and types. */
  path?: readonly string[]
  /** For people: SELECT of all rows that break it. */
  find: string
  /** What is wrong, of so many rows. */
  says: (breaches: number, rows: number) => string
}

/** A query that fails where the statement would. */
export interface TryCheck {
  kind: 'try'
  code: FindingCode
  table: { schema: string; name: string }
  bytes: number
  query: string
  /** The schemas in which it looks for functions and types. */
  path?: readonly string[]
  /** What is wrong, behind what the server says. */
  says: (reason: string) => string
}

/** What is known without asking. */
export interface Known {
  kind: 'known'
  code: FindingCode
  severity: 'error' | 'note'
  says: string
}

/** A question to the server beside the rows; `query` gives rows `says` (text) where something is wrong. */
export interface ServerCheck {
  kind: 'server'
  code: FindingCode
  severity: 'error' | 'warning'
  query: string
}

export type Check = RowCheck | TryCheck | Known | ServerCheck
