import type { AlterTableStmt, RangeVar, RenameStmt } from 'libpg-query'
import { nameParts, optionIsOn } from '../../sql/nodes.js'
import { as } from '../../sql/parser.js'
import { insertBehind } from '../alter-text.js'
import { alterCommands } from '../commands.js'
import { written, writtenTable } from '../names.js'
import type { At, Found, Rule } from '../rule.js'
import { type NamedTable, tableOf } from '../tables.js'

/** Tables as a whole. */
export const tableRules: readonly Rule[] = [
  {
    code: 'renaming-table',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas BC101'],
    why: 'From the moment it is renamed, every program that is running fails on the old name. A view of the old name, made in the same transaction, answers them until all are replaced.',
    examples: {
      finds: 'ALTER TABLE users RENAME TO people;',
      passes: 'ALTER TABLE users RENAME CONSTRAINT users_key TO people_key;',
    },
    statement: (at) => {
      const rename = as(at.tree, 'RenameStmt')
      if (rename?.renameType !== 'OBJECT_TABLE') return []
      const table = tableOf(at, rename.relation)
      if (table.isNew) return []
      const [to, from] = [rename.newname ?? '', table.bare].map((relname) =>
        writtenTable({ relname, ...(table.schemaName === undefined ? {} : { schemaname: table.schemaName }) }),
      )
      return [
        {
          message: `Programs that read or write ${table.name} fail at once.`,
          recipe: [
            '-- in one transaction:',
            `ALTER TABLE ${table.name} RENAME TO ${written(rename.newname ?? '')};`,
            `CREATE VIEW ${from} AS SELECT * FROM ${to};`,
            '-- once nothing uses the old name, in a later migration:',
            `DROP VIEW ${from};`,
          ],
        },
      ]
    },
  },
  {
    code: 'ban-drop-table',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas DS102'],
    why: 'All rows are gone for good, and a program that is running still names the table. Release code that does not know it first; rename it, and drop it when nobody has missed it.',
    examples: { finds: 'DROP TABLE users;', passes: 'DROP VIEW users_list;' },
    statement: (at) => {
      const drop = as(at.tree, 'DropStmt')
      if (drop?.removeType !== 'OBJECT_TABLE') return []
      const tables = dropped(drop.objects).map((named) => tableOf(at, named))
      const lost = tables.filter((table) => !table.isNew)
      if (lost.length === 0) return []
      const names = lost.map(({ name }) => name).join(', ')
      return [
        {
          message: `All rows of ${names} are lost, and programs that name ${lost.length === 1 ? 'it' : 'them'} fail.`,
          recipe: [
            `-- 1. release code that does not name ${names} any more`,
            '-- 2. take the name away, which can be undone:',
            ...lost.map(({ name, bare }) => `ALTER TABLE ${name} RENAME TO ${written(`${bare}_dropped`)};`),
            '-- 3. in a later migration:',
            ...lost.map((table) => `DROP TABLE ${suffixed(table)};`),
          ],
        },
      ]
    },
  },
  {
    code: 'rewriting-table',
    level: 'warning',
    from: ['Godwit'],
    why: 'VACUUM FULL, CLUSTER, SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD write the whole table anew while an AccessExclusive lock keeps everybody out, and take twice its space on disk.',
    examples: { finds: 'VACUUM FULL users;', passes: 'VACUUM users;' },
    statement: rewrites,
  },
  {
    code: 'prefer-repack',
    level: ({ major }) => (major >= 19 ? 'warning' : 'off'),
    from: ['Squawk'],
    also: ['rewriting-table'],
    why: 'From PostgreSQL 19 on, REPACK (CONCURRENTLY) does what VACUUM FULL and CLUSTER do, and lets reads and writes pass.',
    examples: { finds: 'VACUUM FULL users;', passes: 'VACUUM users;', major: 19 },
    statement: (at) => {
      const table = repacked(at)
      if (at.options.major < 19 || table === undefined || table.isQuick) return []
      return [
        {
          message: `Nobody reads or writes ${table.name} until it is written anew.`,
          recipe: [`REPACK (CONCURRENTLY) ${table.name};`],
        },
      ]
    },
  },
  {
    code: 'require-concurrent-partition-detach',
    level: 'warning',
    from: ['Squawk'],
    why: 'DETACH PARTITION takes an AccessExclusive lock on the partitioned table: everybody waits for it, and it for everybody. DETACH … CONCURRENTLY (PostgreSQL 14 and later) lets reads and writes pass.',
    examples: {
      finds: 'ALTER TABLE events DETACH PARTITION events_2020;',
      passes: 'ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;',
    },
    statement: (at) =>
      alterCommands(at).flatMap(({ command, table, text, head }) => {
        const { subtype, def } = command
        if (subtype !== 'AT_DetachPartition' || def === undefined || !('PartitionCmd' in def)) return []
        if (def.PartitionCmd.concurrent === true || table.isNew) return []
        // One with a default partition takes no concurrent detach.
        const plain =
          table.relation !== undefined && at.schema.childrenOf(table.relation).some((each) => each.isDefault)
        return [
          {
            message: `Nobody reads or writes ${table.name} until the partition is detached.`,
            recipe: plain
              ? [
                  '-- not concurrently, for there is a default partition; giving up soon:',
                  "SET lock_timeout = '2s';",
                  `${at.statement.text};`,
                ]
              : [
                  '-- outside of a transaction; it leaves a CHECK of its bounds on what was the partition:',
                  `${head} ${text ?? ''} CONCURRENTLY;`,
                ],
          },
        ]
      }),
  },
  {
    code: 'require-concurrent-refresh',
    level: 'warning',
    from: ['Godwit'],
    why: 'REFRESH MATERIALIZED VIEW keeps every reader of the view waiting until its query is done. With a unique index on the view, REFRESH … CONCURRENTLY lets them read the old rows meanwhile.',
    examples: {
      finds: 'REFRESH MATERIALIZED VIEW totals;',
      passes: 'REFRESH MATERIALIZED VIEW CONCURRENTLY totals;',
    },
    statement: (at) => {
      const refresh = as(at.tree, 'RefreshMatViewStmt')
      if (refresh === undefined || refresh.concurrent === true || refresh.skipData === true) return []
      const view = tableOf(at, refresh.relation)
      if (view.isQuick) return []
      const text = insertBehind(at.statement.text, ['VIEW'], 'CONCURRENTLY')
      return [
        {
          message: `Readers of ${view.name} wait until its query is done.`,
          recipe: [`-- with a unique index on ${view.name}:`, `${text ?? at.statement.text};`],
        },
      ]
    },
  },
  {
    code: 'ban-truncate-cascade',
    level: 'error',
    from: ['Squawk'],
    why: 'CASCADE empties every table that refers to this one, and those that refer to them, whatever they hold. Name the tables that are meant.',
    examples: { finds: 'TRUNCATE users CASCADE;', passes: 'TRUNCATE users, orders;' },
    statement: (at) => {
      const truncate = as(at.tree, 'TruncateStmt')
      if (truncate?.behavior !== 'DROP_CASCADE') return []
      const named = (truncate.relations ?? []).flatMap((node) => ('RangeVar' in node ? [node.RangeVar] : []))
      const names = named.map((each) => writtenTable(each))
      const relations = named.flatMap((each) => at.schema.find(each) ?? [])
      if (relations.length > 0 && relations.length === named.length && relations.every(({ now }) => now === undefined))
        return []
      const others = new Set(relations)
      // The set grows while it is walked through.
      for (const each of others) for (const { from } of at.schema.referencesTo(each)) others.add(from)
      const more = [...others].filter((each) => !relations.includes(each)).map(({ name }) => written(name))
      return [
        {
          message:
            more.length > 0
              ? `It empties ${more.join(', ')} as well.`
              : `It empties every table that refers to ${names.join(', ')} as well.`,
          recipe: [`TRUNCATE ${[...names, ...more].join(', ')};`],
        },
      ]
    },
  },
  {
    code: 'require-table-schema',
    level: 'off',
    from: ['Squawk'],
    why: 'Without a schema the table is made in the first one of whoever runs the migration. For teams with several schemas; off where it is not asked for.',
    examples: { finds: 'CREATE TABLE users (id bigint);', passes: 'CREATE TABLE public.users (id bigint);' },
    statement: (at) =>
      namedIn(at)
        .filter(({ schemaname, relpersistence }) => schemaname === undefined && relpersistence !== 't')
        .map((named) => ({
          message: `${written(named.relname ?? '')} is made in whatever schema comes first.`,
          at: named.location,
          recipe: [`${written(at.schema.searchPath[0] ?? 'public')}.${written(named.relname ?? '')}`],
        })),
  },
]

function namedIn({ tree }: At): RangeVar[] {
  const alter = as(tree, 'AlterTableStmt') ?? as(tree, 'RenameStmt')
  const table = alter === undefined || isOfTable(alter) ? alter?.relation : undefined
  const named = table ?? as(tree, 'CreateStmt')?.relation ?? as(tree, 'CreateTableAsStmt')?.into?.rel
  const drop = as(tree, 'DropStmt')
  return [
    ...(named === undefined ? [] : [named]),
    ...(drop?.removeType === 'OBJECT_TABLE' ? dropped(drop.objects) : []),
  ]
}

function isOfTable(alter: AlterTableStmt | RenameStmt): boolean {
  if ('cmds' in alter) return alter.objtype === 'OBJECT_TABLE'
  const { renameType, relationType } = alter as RenameStmt
  return (
    renameType === 'OBJECT_TABLE' ||
    renameType === 'OBJECT_TABCONSTRAINT' ||
    (renameType === 'OBJECT_COLUMN' && relationType === 'OBJECT_TABLE')
  )
}

/** The names in a DROP, as if they were those of tables. */
function dropped(objects: Parameters<typeof nameParts>[0]): RangeVar[] {
  return (objects ?? []).flatMap((node) => {
    const [relname, schemaname] = 'List' in node ? nameParts(node.List.items).toReversed() : []
    if (relname === undefined) return []
    return [{ relname, relpersistence: 'p', ...(schemaname === undefined ? {} : { schemaname }) }]
  })
}

function suffixed({ bare, schemaName }: NamedTable): string {
  return writtenTable({ relname: `${bare}_dropped`, ...(schemaName === undefined ? {} : { schemaname: schemaName }) })
}

/** The table that VACUUM FULL or CLUSTER writes anew. */
function repacked(at: At): NamedTable | undefined {
  const cluster = as(at.tree, 'ClusterStmt')
  if (cluster?.relation !== undefined) return tableOf(at, cluster.relation)
  const vacuum = as(at.tree, 'VacuumStmt')
  if (vacuum?.is_vacuumcmd !== true || !optionIsOn(vacuum.options, 'full', false)) return undefined
  const [first] = vacuum.rels ?? []
  const named = first !== undefined && 'VacuumRelation' in first ? first.VacuumRelation.relation : undefined
  return named === undefined ? undefined : tableOf(at, named)
}

const rewriting = new Set(['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace', 'AT_SetAccessMethod'])

function rewrites(at: At): Found[] {
  const packed = at.options.major >= 19 ? undefined : repacked(at)
  if (packed !== undefined && !packed.isQuick)
    return [
      {
        message: `Nobody reads or writes ${packed.name} until it is written anew.`,
        recipe: [
          '-- with the extension pg_repack, from a shell, while reads and writes go on:',
          `pg_repack --table ${packed.name}`,
        ],
      },
    ]
  return alterCommands(at).flatMap(({ command, table }) =>
    !rewriting.has(command.subtype ?? '') || table.isQuick
      ? []
      : [
          {
            message: `Nobody reads or writes ${table.name} until it is written anew.`,
            recipe: [
              '-- At a quiet time, giving up soon where somebody is in the way:',
              "SET lock_timeout = '2s';",
              `${at.statement.text};`,
            ],
          },
        ],
  )
}
