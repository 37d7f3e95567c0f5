import type { CommonTableExpr, DeleteStmt, InsertStmt, MergeStmt, RangeVar, SelectStmt, UpdateStmt } from 'libpg-query'
import type { LockMode } from './lock-modes.js'
import type { Relation, Schema } from './schema.js'
import type { Taken } from './taken.js'

/** Takes what the queries anywhere in a tree take, and what foreign keys make of it. */
export function takeOfQuery(taken: Taken, schema: Schema, tree: object): void {
  new Reader(taken, schema).visit('', tree, new Set())
}

/** Takes what it takes to only look the names in a query up, as for a view that is made of it. */
export function takeOfNames(taken: Taken, schema: Schema, tree: object): void {
  new Reader(taken, schema, true).visit('', tree, new Set())
}

class Reader {
  readonly #taken: Taken
  readonly #schema: Schema
  readonly #namesOnly: boolean

  constructor(taken: Taken, schema: Schema, namesOnly = false) {
    this.#taken = taken
    this.#schema = schema
    this.#namesOnly = namesOnly
  }

  /** @param named the queries of WITH, which are no tables */
  visit(kind: string, node: object, named: ReadonlySet<string>): void {
    const inside = withNames(node, named)
    let written: RangeVar | undefined
    if (kind === 'InsertStmt') written = this.#insert(node as InsertStmt)
    else if (kind === 'UpdateStmt') written = this.#update(node as UpdateStmt)
    else if (kind === 'DeleteStmt') written = this.#delete(node as DeleteStmt)
    else if (kind === 'MergeStmt') written = this.#write((node as MergeStmt).relation)
    else if (kind === 'SelectStmt') this.#lockRows(node as SelectStmt, inside)
    else if (kind === 'RangeVar') this.#read(node as RangeVar, inside, 'AccessShare')
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== 'object' || value === null || value === written || key === 'lockingClause') continue
      if (Array.isArray(value)) for (const each of value as object[]) this.visit('', each, inside)
      // A field that holds a select or a name says so by its name only.
      else this.visit(kindOf(key, value), value, inside)
    }
  }

  #read(name: RangeVar, named: ReadonlySet<string>, mode: LockMode): void {
    if (name.schemaname === undefined && named.has(name.relname ?? '')) return
    const relation = this.#schema.find(name)
    if (this.#namesOnly) this.#taken.take(relation, mode)
    else
      for (const each of relation === undefined ? [] : this.#through(relation)) {
        if (!name.inh) this.#taken.take(each, mode)
        else this.#taken.takeWithHeirs(each, mode)
      }
  }

  // A view reads what it is made of with the same lock.
  #through(relation: Relation): Relation[] {
    return relation.kind === 'view'
      ? [relation, ...relation.reads.flatMap(({ from }) => this.#through(from))]
      : [relation]
  }

  #lockRows({ lockingClause = [], fromClause = [] }: SelectStmt, named: ReadonlySet<string>): void {
    for (const clause of lockingClause) {
      if (!('LockingClause' in clause)) continue
      const { lockedRels } = clause.LockingClause
      for (const node of lockedRels ?? fromClause) if ('RangeVar' in node) this.#read(node.RangeVar, named, 'RowShare')
    }
  }

  #write(name: RangeVar | undefined): RangeVar | undefined {
    const relation = this.#schema.find(name)
    for (const each of relation === undefined ? [] : this.#through(relation)) {
      if (!name?.inh || relation?.kind !== 'table') this.#taken.take(each, 'RowExclusive')
      else this.#taken.takeWithHeirs(each, 'RowExclusive')
    }
    return name
  }

  #insert({ relation, cols }: InsertStmt): RangeVar | undefined {
    const table = this.#schema.find(relation)
    this.#taken.take(table, 'RowExclusive')
    const given = cols?.map((node) => ('ResTarget' in node ? node.ResTarget.name : undefined))
    for (const { references, columns } of table?.constraints.values() ?? [])
      if (given === undefined || columns.some((column) => given.includes(column)))
        this.#taken.take(references?.table, 'RowShare')
    return relation
  }

  #update({ relation, targetList = [] }: UpdateStmt): RangeVar | undefined {
    const table = this.#schema.find(relation)
    const set = new Set(targetList.map((node) => ('ResTarget' in node ? node.ResTarget.name : undefined)))
    this.#takeAll(table, relation)
    if (table === undefined) return relation
    for (const { columns, references } of table.constraints.values())
      if (columns.some((column) => set.has(column))) this.#taken.take(references?.table, 'RowShare')
    for (const { from, constraint } of this.#schema.referencesTo(table)) {
      if (!constraint.references?.columns.some((column) => set.has(column))) continue
      this.#taken.take(
        from,
        constraint.references.onUpdate === 'a' || constraint.references.onUpdate === 'r' ? 'RowShare' : 'RowExclusive',
      )
    }
    return relation
  }

  #delete({ relation }: DeleteStmt): RangeVar | undefined {
    const table = this.#schema.find(relation)
    this.#takeAll(table, relation)
    if (table !== undefined) this.#cascade(table, new Set([table]))
    return relation
  }

  #cascade(table: Relation, seen: Set<Relation>): void {
    for (const { from, constraint } of this.#schema.referencesTo(table)) {
      const action = constraint.references?.onDelete ?? 'a'
      this.#taken.take(from, action === 'a' || action === 'r' ? 'RowShare' : 'RowExclusive')
      if (action !== 'c' || seen.has(from)) continue
      seen.add(from)
      this.#cascade(from, seen)
    }
  }

  // An update or a delete plans for every heir; a partition that cannot match is left out, which is not foreseen.
  #takeAll(table: Relation | undefined, name: RangeVar | undefined): void {
    if (table === undefined) return
    if (table.kind === 'view') this.#write(name)
    else if (!name?.inh) this.#taken.take(table, 'RowExclusive')
    else this.#taken.takeWithHeirs(table, 'RowExclusive')
  }
}

function withNames(node: object, outer: ReadonlySet<string>): ReadonlySet<string> {
  const clause = (node as { withClause?: { ctes?: { CommonTableExpr?: CommonTableExpr }[] } }).withClause
  if (clause === undefined) return outer
  return new Set([...outer, ...(clause.ctes ?? []).flatMap(({ CommonTableExpr: query }) => query?.ctename ?? [])])
}

function kindOf(key: string, value: object): string {
  if ('relname' in value) return 'RangeVar'
  if (key === 'selectStmt' || key === 'larg' || key === 'rarg') return 'SelectStmt'
  return key
}
