import type { Catalog } from '../catalog/read.js'

/** A database at one moment: what it is made of, and what is in it. */
export interface Picture {
  /** Tables, columns, indexes, rights; of MongoDB collections, options and indexes. */
  objects: Catalog
  /** By table or collection. */
  rows: ReadonlyMap<string, Rows>
  /** Where each sequence stands; `null`: nothing was taken of it yet. */
  sequences: ReadonlyMap<string, bigint | null>
}

/** What is in one table or collection. */
export interface Rows {
  count: number
  columns: readonly string[]
  /** Each row as hashes in the order of `columns`, `null` where there is no value. Absent: there are too many to be looked at. */
  hashes?: readonly (readonly (string | null)[])[]
  /** Columns come and go with the documents: one that no document has is no loss by itself, and one that is left is left. */
  open?: true
}
