import { nameParts, optionIsOn } from '../../sql/nodes.js'
import { as } from '../../sql/parser.js'
import { neverInTransaction } from '../../sql/transaction.js'
import { insertBehind } from '../alter-text.js'
import { written, writtenList } from '../names.js'
import { apart } from '../recipe.js'
import type { At, Found, Rule } from '../rule.js'
import { type NamedTable, tableOf, tableOfIndex } from '../tables.js'

/** Indexes that are built, dropped and rebuilt while people wait. */
export const indexRules: readonly Rule[] = [
  {
    code: 'require-concurrent-index-creation',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas PG101'],
    why: 'CREATE INDEX takes a Share lock for as long as it reads the table: reads go on, every write waits. CREATE INDEX CONCURRENTLY builds it while writes go on; it takes longer, and must run outside of a transaction.',
    examples: {
      finds: 'CREATE INDEX users_email_idx ON users (email);',
      passes: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
    },
    statement: (at) => {
      const index = as(at.tree, 'IndexStmt')
      if (index === undefined || index.concurrent === true) return []
      const table = tableOf(at, index.relation)
      if (table.isQuick) return []
      if (table.relation?.kind === 'partitioned') return partitionedIndex(at, table)
      const text = insertBehind(at.statement.text, ['INDEX'], 'CONCURRENTLY')
      return [
        {
          message: `Writes to ${table.name} wait until the index is built.`,
          ...apart([text]),
        },
      ]
    },
  },
  {
    code: 'require-concurrent-index-deletion',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas PG102'],
    why: 'DROP INDEX takes an AccessExclusive lock on the table: it waits for every query that is at work there, and everybody who comes later waits behind it. DROP INDEX CONCURRENTLY lets them pass.',
    examples: {
      finds: 'DROP INDEX users_email_idx;',
      passes: 'DROP INDEX CONCURRENTLY users_email_idx;',
    },
    statement: (at) => {
      const drop = as(at.tree, 'DropStmt')
      if (drop?.removeType !== 'OBJECT_INDEX' || drop.concurrent === true) return []
      const names = (drop.objects ?? []).map((node) => ('List' in node ? nameParts(node.List.items) : []))
      const tables = names.map((parts) => tableOfIndex(at, parts))
      if (tables.every((table) => table?.isQuick)) return []
      const shown = names.map((parts) => parts.map(written).join('.'))
      const cascades = drop.behavior === 'DROP_CASCADE'
      const ofTable = tables.find((table) => table !== undefined)
      const isPartitioned = tables.some((table) => table?.relation?.kind === 'partitioned')
      // CONCURRENTLY takes one index, no CASCADE, and none of a partitioned table.
      const text = shown.map((name) => `DROP INDEX CONCURRENTLY ${drop.missing_ok === true ? 'IF EXISTS ' : ''}${name}`)
      const single = shown.length === 1 ? insertBehind(at.statement.text, ['INDEX'], 'CONCURRENTLY') : undefined
      return [
        {
          message: `Reads and writes of ${ofTable?.name ?? 'its table'} wait while ${shown.join(', ')} is dropped.`,
          ...(isPartitioned
            ? { recipe: ["SET lock_timeout = '2s';", `${at.statement.text};`] }
            : cascades
              ? { recipe: text.map((each) => `${each};`) }
              : apart(single === undefined ? text : [single])),
        },
      ]
    },
  },
  {
    code: 'require-concurrent-reindex',
    level: 'warning',
    from: ['Squawk'],
    why: 'REINDEX blocks every write to the table, and every read that would use the index, until it is done. REINDEX … CONCURRENTLY builds a new index beside the old one.',
    examples: { finds: 'REINDEX TABLE users;', passes: 'REINDEX TABLE CONCURRENTLY users;' },
    statement: (at) => {
      const reindex = as(at.tree, 'ReindexStmt')
      if (reindex === undefined || optionIsOn(reindex.params, 'concurrently', false)) return []
      // The server's own catalogues cannot be rebuilt concurrently.
      if (reindex.kind === 'REINDEX_OBJECT_SYSTEM') return []
      const named = reindex.relation
      const table =
        reindex.kind === 'REINDEX_OBJECT_INDEX'
          ? tableOfIndex(
              at,
              named === undefined ? [] : [...(named.schemaname ? [named.schemaname] : []), named.relname ?? ''],
            )
          : named === undefined
            ? undefined
            : tableOf(at, named)
      if (table?.isQuick) return []
      const kind = (reindex.kind ?? '').slice('REINDEX_OBJECT_'.length)
      return [
        {
          message: `Writes to ${table?.name ?? 'its table'} wait until the index is rebuilt.`,
          ...apart([insertBehind(at.statement.text, [kind], 'CONCURRENTLY')]),
        },
      ]
    },
  },
  {
    code: 'ban-concurrent-index-creation-in-transaction',
    level: 'error',
    from: ['Squawk', 'Atlas PG103'],
    why: 'CREATE INDEX CONCURRENTLY, DROP INDEX CONCURRENTLY, REINDEX CONCURRENTLY, VACUUM and their like wait for other transactions to end, so the server refuses them inside of one. Such a statement needs a migration that is not run in a transaction.',
    examples: {
      finds: 'BEGIN;\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);\nCOMMIT;',
      passes: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
    },
    statement: (at) => {
      if (!neverInTransaction(at.tree)) return []
      const { format, statements } = at.migration
      const { tag } = at.statement.class
      if (!at.inTransaction) {
        if (format !== 'prisma' || statements.length === 1) return []
        return [
          {
            message: `Prisma sends a script as one message, in which ${tag} cannot stand beside other statements.`,
            recipe: ['-- A migration of its own, with this statement alone:', `${at.statement.text};`],
          },
        ]
      }
      return [{ message: `The server refuses ${tag} inside of a transaction.`, recipe: outsideOf(at) }]
    },
  },
  {
    code: 'adding-unique-index',
    level: 'note',
    from: ['Atlas MF101'],
    why: 'A unique index cannot be built while two rows hold the same values: then the migration fails, and a concurrent build leaves an invalid index behind. godwit plan looks for such rows in the database.',
    examples: {
      finds: 'CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);',
      passes: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
    },
    statement: (at) => {
      const index = as(at.tree, 'IndexStmt')
      if (index?.unique !== true) return []
      const table = tableOf(at, index.relation)
      if (table.isNew || isEmpty(at, table)) return []
      const columns = (index.indexParams ?? []).flatMap((node) =>
        'IndexElem' in node ? (node.IndexElem.name ?? []) : [],
      )
      const all = columns.length === (index.indexParams ?? []).length && index.whereClause === undefined
      return [
        {
          message: `Rows of ${table.name} that hold the same values make it fail.`,
          recipe: all
            ? [
                '-- Look for them first:',
                `SELECT ${writtenList(columns)}, count(*) FROM ${table.name} GROUP BY ${columns.map((_, i) => i + 1).join(', ')} HAVING count(*) > 1;`,
              ]
            : ['-- Look for them first: godwit plan'],
        },
      ]
    },
  },
  {
    code: 'wide-index',
    level: 'note',
    from: ['strong_migrations'],
    why: 'An index on more than three columns is large, slows every write, and seldom serves better than one on the first columns: the planner uses it well only for queries that name its leading columns.',
    examples: {
      finds: 'CREATE INDEX CONCURRENTLY i ON users (a, b, c, d);',
      passes: 'CREATE INDEX CONCURRENTLY i ON users (a, b, c);',
    },
    statement: (at) => {
      const index = as(at.tree, 'IndexStmt')
      const columns = index?.indexParams ?? []
      if (index === undefined || index.unique === true || columns.length <= 3) return []
      return [
        {
          message: `The index has ${columns.length} columns.`,
          recipe: ['-- Index the columns that choose best, most selective first; three at most.'],
        },
      ]
    },
  },
]

/** How each format says that a migration is not run in a transaction. */
function outsideOf(at: At): string[] {
  switch (at.migration.format) {
    case 'typeorm':
      return ['-- In the class of a migration of its own:', 'transaction = false']
    case 'node-pg-migrate':
      return ['-- In a migration of its own, at the beginning of up:', 'pgm.noTransaction()']
    default:
      return ['-- In a migration of its own, without BEGIN and COMMIT:', `${at.statement.text};`]
  }
}

function isEmpty({ options }: At, { relation }: NamedTable): boolean {
  return options.live && relation !== undefined && relation.bytes === 0
}

// A partitioned table takes no concurrent build: each partition gets its own, and they are attached.
function partitionedIndex(at: At, table: NamedTable): Found[] {
  const index = as(at.tree, 'IndexStmt')
  const name = index?.idxname === undefined ? `${table.bare}_idx` : index.idxname
  const only = insertBehind(at.statement.text, ['ON'], 'ONLY') ?? at.statement.text
  const children = table.relation === undefined ? [] : at.schema.childrenOf(table.relation)
  const columns = (index?.indexParams ?? []).flatMap((node) => ('IndexElem' in node ? (node.IndexElem.name ?? []) : []))
  return [
    {
      message: `Writes to ${table.name} wait until the indexes of all partitions are built.`,
      recipe: [
        `${only};`,
        '-- then for each partition, each outside of a transaction:',
        ...children.flatMap((child) => [
          `CREATE ${index?.unique === true ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${written(`${child.name}_${name}`)} ON ${written(child.name)} (${writtenList(columns)});`,
          `ALTER INDEX ${written(name)} ATTACH PARTITION ${written(`${child.name}_${name}`)};`,
        ]),
      ],
    },
  ]
}
