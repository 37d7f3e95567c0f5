import type { Constraint } from 'libpg-query'
import { provesNotNull } from '../../impact/not-null.js'
import { nameParts } from '../../sql/nodes.js'
import { as, type Tree } from '../../sql/parser.js'
import { without } from '../alter-text.js'
import { type AddedConstraint, addedColumns, addedConstraints, alterCommands } from '../commands.js'
import { columnsIn, cut, defaultName, written, writtenList, writtenTable } from '../names.js'
import { notNullStatements } from '../not-null-statements.js'
import { apart } from '../recipe.js'
import type { At, Found, Rule } from '../rule.js'
import type { NamedTable } from '../tables.js'

const validate =
  'Add it NOT VALID, which reads no row, and VALIDATE it in a later transaction, which lets reads and writes pass.'

/** Constraints that read every row, or build an index, under a lock that others wait for. */
export const constraintRules: readonly Rule[] = [
  {
    code: 'constraint-missing-not-valid',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas PG305'],
    why: `A new CHECK reads every row while an AccessExclusive lock keeps everybody out of the table. ${validate} In one transaction that gains nothing: the first lock is held until the end.`,
    examples: {
      finds: 'ALTER TABLE accounts ADD CONSTRAINT positive CHECK (balance >= 0);',
      passes: 'ALTER TABLE accounts ADD CONSTRAINT positive CHECK (balance >= 0) NOT VALID;',
    },
    statement: (at) => [...checks(at), ...notNulls(at), ...columnChecks(at), ...validatedTooSoon(at)],
  },
  {
    code: 'adding-foreign-key-constraint',
    level: 'warning',
    from: ['Squawk', 'strong_migrations'],
    also: ['constraint-missing-not-valid'],
    why: `A new FOREIGN KEY looks every row up in the other table while writes to both tables wait. ${validate}`,
    examples: {
      finds: 'ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users (id);',
      passes:
        'ALTER TABLE orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;',
    },
    statement: foreignKeys,
  },
  {
    code: 'disallowed-unique-constraint',
    level: 'warning',
    from: ['Squawk', 'strong_migrations', 'Atlas PG105'],
    also: ['constraint-missing-not-valid'],
    why: 'A new UNIQUE constraint builds its index while an AccessExclusive lock keeps everybody out of the table. Build the index concurrently first; a constraint USING INDEX takes it over at once.',
    examples: {
      finds: 'ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);',
      passes: 'ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;',
    },
    statement: (at) => [
      ...addedConstraints(at).flatMap((added) =>
        added.constraint.contype === 'CONSTR_UNIQUE' ? keyByIndex(at, added, 'UNIQUE') : [],
      ),
      ...uniqueColumns(at),
    ],
  },
  {
    code: 'adding-serial-primary-key-field',
    level: 'warning',
    from: ['Squawk', 'Atlas PG104', 'Atlas PG304'],
    also: ['constraint-missing-not-valid'],
    why: 'A new PRIMARY KEY builds its index, and looks for NULLs, while an AccessExclusive lock keeps everybody out of the table; a new serial or identity column writes the whole table anew as well. Build a unique index concurrently first; a primary key USING INDEX takes it over.',
    examples: {
      finds: 'ALTER TABLE logs ADD CONSTRAINT logs_pkey PRIMARY KEY (id);',
      passes: 'ALTER TABLE logs ADD CONSTRAINT logs_pkey PRIMARY KEY USING INDEX logs_pkey;',
    },
    statement: (at) => [
      ...addedConstraints(at).flatMap((added) =>
        added.constraint.contype === 'CONSTR_PRIMARY' ? keyByIndex(at, added, 'PRIMARY KEY') : [],
      ),
      ...primaryColumns(at),
    ],
  },
  {
    code: 'adding-exclusion-constraint',
    level: 'warning',
    from: ['strong_migrations'],
    also: ['constraint-missing-not-valid'],
    why: 'A new EXCLUDE constraint builds its index and compares all rows while an AccessExclusive lock keeps everybody out of the table. PostgreSQL has no way to do it concurrently: do it on a small table, or at a quiet time under a short lock timeout.',
    examples: {
      finds: 'ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);',
      passes: 'CREATE TABLE bookings (during tsrange, EXCLUDE USING gist (during WITH &&));',
    },
    statement: (at) =>
      addedConstraints(at).flatMap(({ constraint, table }) =>
        constraint.contype !== 'CONSTR_EXCLUSION' || table.isQuick
          ? []
          : [
              {
                message: `Nobody reads or writes ${table.name} until all its rows are compared.`,
                at: constraint.location,
                recipe: [
                  '-- No concurrent way exists. At a quiet time, giving up soon where somebody is in the way:',
                  "SET lock_timeout = '2s';",
                  `${at.statement.text};`,
                ],
              },
            ],
      ),
  },
  {
    code: 'dropping-constraint',
    level: 'note',
    from: ['Atlas CD101'],
    why: 'Without the constraint nothing keeps wrong rows out, and it can only come back once they are gone again.',
    examples: {
      finds: 'ALTER TABLE orders DROP CONSTRAINT orders_user_fkey;',
      passes:
        'ALTER TABLE orders DROP CONSTRAINT orders_user_fkey, ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;',
    },
    statement: droppedConstraints,
  },
]

function checks(at: At): Found[] {
  return addedConstraints(at).flatMap(({ constraint, table, head, text, index }) => {
    if (constraint.contype !== 'CONSTR_CHECK' || constraint.skip_validation === true || table.isQuick) return []
    const columns = columnsIn(constraint.raw_expr)
    const own = columns.length === 1 ? columns : []
    const name = constraint.conname ?? defaultName(table.bare, own, 'check')
    const added = named(text, constraint, name)
    return [
      {
        message: `Nobody reads or writes ${table.name} until all its rows are looked at.`,
        at: constraint.location,
        ...ifFree(at, table, constraint, name, notValid(head, added, name, index)),
      },
    ]
  })
}

// PostgreSQL 18: a NOT NULL constraint with a name of its own.
function notNulls(at: At): Found[] {
  return addedConstraints(at).flatMap(({ constraint, table, head, text, index }) => {
    if (constraint.contype !== 'CONSTR_NOTNULL' || constraint.skip_validation === true || table.isQuick) return []
    const [column = ''] = nameParts(constraint.keys)
    if (table.relation !== undefined && provesNotNull(table.relation, column)) return []
    const name = constraint.conname ?? defaultName(table.bare, [column], 'not_null')
    return [
      {
        message: `Nobody reads or writes ${table.name} until all its rows are looked at.`,
        at: constraint.location,
        ...ifFree(at, table, constraint, name, notValid(head, named(text, constraint, name), name, index)),
      },
    ]
  })
}

// A CHECK that stands at a new column, which has the same value in every row, is looked at for every row all the same.
function columnChecks(at: At): Found[] {
  return addedColumns(at).flatMap(({ constraints, table, column }) =>
    constraints.flatMap((constraint) => {
      if (constraint.contype !== 'CONSTR_CHECK' || table.isQuick) return []
      const name = constraint.conname ?? defaultName(table.bare, [column.colname ?? ''], 'check')
      return [
        {
          message: `Nobody reads or writes ${table.name} until all its rows are looked at.`,
          at: constraint.location,
          recipe: [
            `-- add ${written(column.colname ?? '')} without the CHECK, then, each in a transaction of its own:`,
            `ALTER TABLE ${table.name} ADD CONSTRAINT ${written(name)} CHECK (…) NOT VALID;`,
            `ALTER TABLE ${table.name} VALIDATE CONSTRAINT ${written(name)};`,
          ],
        },
      ]
    }),
  )
}

function validatedTooSoon(at: At): Found[] {
  return alterCommands(at).flatMap(({ command, table }) => {
    if (command.subtype !== 'AT_ValidateConstraint' || table.isQuick || !at.inTransaction) return []
    const name = command.name ?? ''
    if (!at.sameTransaction.some((tree) => addsNotValid(tree, name))) return []
    return [
      {
        message: `${written(name)} was added in the same transaction, whose lock keeps others out of ${table.name} while all rows are looked at.`,
        recipe: [
          '-- In a migration of its own, behind the one that adds it:',
          `ALTER TABLE ${table.name} VALIDATE CONSTRAINT ${written(name)};`,
        ],
      },
    ]
  })
}

function addsNotValid(tree: Tree, name: string): boolean {
  return (as(tree, 'AlterTableStmt')?.cmds ?? []).some((node) => {
    const def = 'AlterTableCmd' in node ? node.AlterTableCmd.def : undefined
    return (
      def !== undefined &&
      'Constraint' in def &&
      def.Constraint.skip_validation === true &&
      def.Constraint.conname === name
    )
  })
}

function foreignKeys(at: At): Found[] {
  const added = addedConstraints(at).flatMap(({ constraint, table, head, text, index }) => {
    if (constraint.contype !== 'CONSTR_FOREIGN' || constraint.skip_validation === true || table.isQuick) return []
    const name = constraint.conname ?? defaultName(table.bare, nameParts(constraint.fk_attrs), 'fkey')
    const recipe = ifFree(at, table, constraint, name, notValid(head, named(text, constraint, name), name, index))
    const other = writtenTable(constraint.pktable)
    return [
      {
        message: `Writes to ${table.name} and ${other} wait until every row is looked up.`,
        at: constraint.location,
        // Before PostgreSQL 18 a partitioned table takes none that is not valid.
        ...(table.relation?.kind === 'partitioned' && at.options.major < 18 ? { recipe: recipe.recipe } : recipe),
      },
    ]
  })
  // Without a default a new column holds NULLs, which are not looked up.
  const inline = addedColumns(at).flatMap(({ constraints, table, column }) =>
    constraints.flatMap((constraint) => {
      const hasValue = constraints.some(({ contype }) => contype === 'CONSTR_DEFAULT' || contype === 'CONSTR_GENERATED')
      if (constraint.contype !== 'CONSTR_FOREIGN' || !hasValue || table.isQuick) return []
      const name = constraint.conname ?? defaultName(table.bare, [column.colname ?? ''], 'fkey')
      const other = writtenTable(constraint.pktable)
      return [
        {
          message: `Writes to ${table.name} and ${other} wait until every row is looked up.`,
          at: constraint.location,
          recipe: [
            `-- add ${written(column.colname ?? '')} without REFERENCES, then, each in a transaction of its own:`,
            `ALTER TABLE ${table.name} ADD CONSTRAINT ${written(name)} FOREIGN KEY (${written(column.colname ?? '')}) REFERENCES ${other}${referred(constraint)} NOT VALID;`,
            `ALTER TABLE ${table.name} VALIDATE CONSTRAINT ${written(name)};`,
          ],
        },
      ]
    }),
  )
  return [...added, ...inline]
}

function referred({ pk_attrs }: Constraint): string {
  const names = nameParts(pk_attrs)
  return names.length === 0 ? '' : ` (${writtenList(names)})`
}

function keyByIndex(at: At, added: AddedConstraint, kind: 'UNIQUE' | 'PRIMARY KEY'): Found[] {
  const { constraint, table, head, index } = added
  if (constraint.indexname !== undefined || table.isQuick) return []
  const columns = nameParts(constraint.keys)
  const primary = kind === 'PRIMARY KEY'
  const name = constraint.conname ?? defaultName(table.bare, primary ? [] : columns, primary ? 'pkey' : 'key')
  const unknown = columns.filter((column) => {
    const found = table.relation?.columns.get(column)
    return found === undefined || !(found.notNull || provesNotNull(table.relation as never, column))
  })
  const nulls = primary ? unknown.flatMap((column) => notNullStatements(table, column, at.options.major)) : []
  const statements = [
    ...nulls,
    `CREATE UNIQUE INDEX CONCURRENTLY ${written(cut(name))} ON ${table.name} (${writtenList(columns)})${sameNulls(constraint)}${including(constraint)}`,
    `${head} ADD CONSTRAINT ${written(name)} ${kind} USING INDEX ${written(cut(name))}${deferring(constraint)}`,
  ]
  // The index of a partitioned table takes neither CONCURRENTLY nor USING INDEX; options of the index are not carried over.
  const byHand =
    table.relation?.kind === 'partitioned' || constraint.options !== undefined || constraint.indexspace !== undefined
  const written_ = ifFree(at, table, constraint, name, apart(statements, index))
  return [
    {
      message: `Nobody reads or writes ${table.name} until the index is built.`,
      at: constraint.location,
      ...(byHand ? { recipe: written_.recipe } : written_),
    },
  ]
}

function sameNulls({ nulls_not_distinct }: Constraint): string {
  return nulls_not_distinct === true ? ' NULLS NOT DISTINCT' : ''
}

function including({ including }: Constraint): string {
  const names = nameParts(including)
  return names.length === 0 ? '' : ` INCLUDE (${writtenList(names)})`
}

function deferring({ deferrable, initdeferred }: Constraint): string {
  return `${deferrable === true ? ' DEFERRABLE' : ''}${initdeferred === true ? ' INITIALLY DEFERRED' : ''}`
}

function uniqueColumns(at: At): Found[] {
  return addedColumns(at).flatMap(({ constraints, table, column, head, text, index }) => {
    const unique = constraints.find(({ contype }) => contype === 'CONSTR_UNIQUE')
    if (unique === undefined || table.isQuick) return []
    const name = column.colname ?? ''
    const key = unique.conname ?? defaultName(table.bare, [name], 'key')
    const plain = unique.conname === undefined && text !== undefined ? without(text, ['UNIQUE']) : undefined
    return [
      {
        message: `Nobody reads or writes ${table.name} until the index is built.`,
        at: unique.location,
        ...apart(
          [
            plain === undefined ? undefined : `${head} ${plain}`,
            `CREATE UNIQUE INDEX CONCURRENTLY ${written(key)} ON ${table.name} (${written(name)})`,
            `${head} ADD CONSTRAINT ${written(key)} UNIQUE USING INDEX ${written(key)}`,
          ],
          index,
        ),
      },
    ]
  })
}

function primaryColumns(at: At): Found[] {
  return addedColumns(at).flatMap(({ constraints, table, column }) => {
    const primary = constraints.find(({ contype }) => contype === 'CONSTR_PRIMARY')
    if (primary === undefined || table.isQuick) return []
    const name = written(column.colname ?? '')
    const key = written(defaultName(table.bare, [], 'pkey'))
    return [
      {
        message: `${table.name} is written anew, or its index built, while nobody reads or writes it.`,
        at: primary.location,
        recipe: [
          `ALTER TABLE ${table.name} ADD COLUMN ${name} bigint;`,
          `-- fill ${name} of new rows by a default and of old rows in batches, then, each in a transaction of its own:`,
          ...notNullStatements(table, column.colname ?? '', at.options.major).map((each) => `${each};`),
          `CREATE UNIQUE INDEX CONCURRENTLY ${key} ON ${table.name} (${name});`,
          `ALTER TABLE ${table.name} ADD CONSTRAINT ${key} PRIMARY KEY USING INDEX ${key};`,
        ],
      },
    ]
  })
}

function droppedConstraints(at: At): Found[] {
  const commands = alterCommands(at)
  const comesBack = (name: string): boolean =>
    addedConstraints(at).some(({ constraint }) => constraint.conname === name)
  return commands.flatMap(({ command, table }) => {
    const name = command.name ?? ''
    if (command.subtype !== 'AT_DropConstraint' || table.isNew || comesBack(name) || addedBefore(at, name)) return []
    // One that was made to prove another, as for SET NOT NULL, has done its work.
    const constraint = table.relation?.constraints.get(name)
    if (constraint !== undefined && constraint.says !== '' && provesOnly(constraint.columns, table, constraint.says))
      return []
    const says = constraint?.says === undefined || constraint.says === '' ? '…' : constraint.says
    return [
      {
        message: `Nothing keeps rows of ${table.name} to ${written(name)} any more.`,
        recipe: [
          '-- The way back, each in a transaction of its own:',
          `ALTER TABLE ${table.name} ADD CONSTRAINT ${written(name)} ${says} NOT VALID;`,
          `ALTER TABLE ${table.name} VALIDATE CONSTRAINT ${written(name)};`,
        ],
      },
    ]
  })
}

/** The migration itself added it, to prove something on the way. */
function addedBefore(at: At, name: string): boolean {
  return at.before.some((tree) => addsNotValid(tree, name))
}

function provesOnly(columns: readonly string[], { relation }: NamedTable, says: string): boolean {
  const [, column] = /^CHECK \(\("?(.+?)"? IS NOT NULL\)\)$/.exec(says) ?? []
  const name = columns[0] ?? column
  return name !== undefined && column !== undefined && relation?.columns.get(name)?.notNull === true
}

/** An `ADD CONSTRAINT …` as written, with a name where it has none. */
function named(text: string | undefined, { conname }: Constraint, name: string): string | undefined {
  if (text === undefined || conname !== undefined) return text
  const [, rest] = /^ADD\s+([\s\S]+)$/i.exec(text) ?? []
  return rest === undefined ? undefined : `ADD CONSTRAINT ${written(name)} ${rest}`
}

/** Where the server's name for an unnamed constraint is taken it would number it: that is left to people. */
function ifFree(
  at: At,
  table: NamedTable,
  { conname, contype }: Constraint,
  name: string,
  mend: Pick<Found, 'recipe' | 'fix'>,
): Pick<Found, 'recipe' | 'fix'> {
  if (conname !== undefined) return mend
  const isTaken =
    table.relation?.constraints.has(name) ||
    // The schema does not follow which column an unnamed CHECK is called after.
    (contype === 'CONSTR_CHECK' && table.relation?.constraints.has(defaultName(table.bare, [], 'check'))) ||
    at.schema.findParts([...(table.schemaName === undefined ? [] : [table.schemaName]), name]) !== undefined
  return isTaken && mend.recipe !== undefined ? { recipe: mend.recipe } : mend
}

function notValid(head: string, added: string | undefined, name: string, index: number): Pick<Found, 'recipe' | 'fix'> {
  return apart(
    [
      added === undefined ? undefined : `${head} ${added} NOT VALID`,
      `${head} VALIDATE CONSTRAINT ${written(cut(name))}`,
    ],
    index,
  )
}
