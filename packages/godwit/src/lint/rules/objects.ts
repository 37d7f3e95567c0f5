import { nameParts } from '../../sql/nodes.js'
import { as } from '../../sql/parser.js'
import { tokens } from '../../sql/tokens.js'
import { insertBehind } from '../alter-text.js'
import { cut, isTooLong, written } from '../names.js'
import { together } from '../recipe.js'
import type { At, Found, Rule } from '../rule.js'

/** Types, schemas, databases, and what things are called. */
export const objectRules: readonly Rule[] = [
  {
    code: 'ban-create-domain-with-constraint',
    level: 'warning',
    from: ['Squawk'],
    why: 'A constraint of a domain cannot be changed without looking at every column of that type under a lock, and none of it can be done in steps. A CHECK on the column can.',
    examples: {
      finds: "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');",
      passes: 'CREATE DOMAIN email AS text;',
    },
    statement: (at) => {
      const domain = as(at.tree, 'CreateDomainStmt')
      const kinds = (domain?.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []))
      const [first] = kinds.filter(({ contype }) => contype === 'CONSTR_CHECK' || contype === 'CONSTR_NOTNULL')
      if (domain === undefined || first === undefined) return []
      const name = nameParts(domain.domainname).map(written).join('.')
      return [
        {
          message: `Changing the constraint of ${name} later looks at every column of that type.`,
          at: first.location,
          recipe: [
            `CREATE DOMAIN ${name} AS …;`,
            '-- and on each table that has such a column:',
            'ALTER TABLE … ADD CONSTRAINT … CHECK (…) NOT VALID;',
          ],
        },
      ]
    },
  },
  {
    code: 'ban-alter-domain-with-add-constraint',
    level: 'warning',
    from: ['Squawk'],
    why: 'A new constraint of a domain looks at every row of every table that has a column of that type, while writes to all of them wait. NOT VALID and VALIDATE CONSTRAINT are there, but hold the same locks while they look.',
    examples: {
      finds: "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%');",
      passes: 'ALTER DOMAIN email DROP DEFAULT;',
    },
    statement: (at) => {
      const domain = as(at.tree, 'AlterDomainStmt')
      if (domain?.subtype !== 'C') return []
      const name = nameParts(domain.typeName).map(written).join('.')
      return [
        {
          message: `Every table with a column of type ${name} is looked at while writes to it wait.`,
          recipe: [
            '-- on each table that has such a column:',
            'ALTER TABLE … ADD CONSTRAINT … CHECK (…) NOT VALID;',
            'ALTER TABLE … VALIDATE CONSTRAINT …;',
          ],
        },
      ]
    },
  },
  {
    code: 'require-enum-value-ordering',
    level: 'note',
    from: ['Squawk'],
    why: 'The order of an enum is the order of its values, and cannot be changed later. ADD VALUE without BEFORE or AFTER puts the value last.',
    examples: {
      finds: "ALTER TYPE mood ADD VALUE 'calm';",
      passes: "ALTER TYPE mood ADD VALUE 'calm' AFTER 'glad';",
    },
    statement: (at) => {
      const alter = as(at.tree, 'AlterEnumStmt')
      if (alter === undefined || alter.oldVal !== undefined || alter.newValNeighbor !== undefined) return []
      const parts = nameParts(alter.typeName)
      const last = at.schema.findType(parts)?.labels.at(-1)
      return [
        {
          message: `'${alter.newVal ?? ''}' becomes the last value of ${parts.map(written).join('.')}.`,
          recipe: [`${at.statement.text} AFTER '${last?.replaceAll("'", "''") ?? '…'}';`],
        },
      ]
    },
  },
  {
    code: 'renaming-enum-value',
    level: 'warning',
    from: ['Godwit'],
    why: 'From the moment it is renamed, every program that is running fails on the old value, and reads one that it does not know.',
    examples: {
      finds: "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';",
      passes: "ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok';",
    },
    statement: (at) => {
      const alter = as(at.tree, 'AlterEnumStmt')
      if (alter?.oldVal === undefined || alter.newVal === undefined) return []
      const name = nameParts(alter.typeName).map(written).join('.')
      return [
        {
          message: `Programs that know '${alter.oldVal}' of ${name} fail at once.`,
          recipe: [
            `ALTER TYPE ${name} ADD VALUE '${alter.newVal}' AFTER '${alter.oldVal}';`,
            `-- then release code that knows both; change the rows in batches; '${alter.oldVal}' stays`,
          ],
        },
      ]
    },
  },
  {
    code: 'renaming-schema',
    level: 'warning',
    from: ['strong_migrations'],
    why: 'From the moment it is renamed, every program that names something in the schema fails.',
    examples: { finds: 'ALTER SCHEMA app RENAME TO core;', passes: 'ALTER SCHEMA app OWNER TO postgres;' },
    statement: (at) => {
      const rename = as(at.tree, 'RenameStmt')
      if (rename?.renameType !== 'OBJECT_SCHEMA') return []
      const [from, to] = [written(rename.subname ?? ''), written(rename.newname ?? '')]
      return [
        {
          message: `Programs that name something in ${from} fail at once.`,
          recipe: [
            `CREATE SCHEMA ${to};`,
            '-- move tables one by one, each with a view of the old name in its place:',
            `ALTER TABLE ${from}.… SET SCHEMA ${to};`,
            `CREATE VIEW ${from}.… AS SELECT * FROM ${to}.…;`,
          ],
        },
      ]
    },
  },
  {
    code: 'ban-drop-schema',
    level: 'error',
    from: ['Atlas DS101'],
    why: 'Everything in the schema is gone for good, with CASCADE also what others made of it.',
    examples: { finds: 'DROP SCHEMA app CASCADE;', passes: 'CREATE SCHEMA app;' },
    statement: (at) => {
      const drop = as(at.tree, 'DropStmt')
      if (drop?.removeType !== 'OBJECT_SCHEMA') return []
      const names = nameParts(drop.objects).map(written)
      return [
        {
          message: `Everything in ${names.join(', ')} is lost.`,
          recipe: [
            '-- 1. drop what is in it by name, in migrations of their own; then:',
            ...names.map((name) => `DROP SCHEMA ${name} RESTRICT;`),
          ],
        },
      ]
    },
  },
  {
    code: 'ban-drop-database',
    level: 'error',
    from: ['Squawk'],
    why: 'A migration is about one database, the one that it runs in. Dropping another loses everything in it.',
    examples: { finds: 'DROP DATABASE shop;', passes: 'DROP VIEW shop;' },
    statement: (at) => {
      const drop = as(at.tree, 'DropdbStmt')
      if (drop === undefined) return []
      return [
        {
          message: `Everything in the database ${written(drop.dbname ?? '')} is lost.`,
          recipe: ['-- by hand, by whoever administers the server'],
        },
      ]
    },
  },
  {
    code: 'identifier-too-long',
    level: 'warning',
    from: ['Squawk'],
    why: 'PostgreSQL cuts names at 63 bytes without an error: the thing is then called otherwise than the program says, and two long names may become one.',
    examples: {
      finds: `CREATE TABLE ${'a_very_long_name_'.repeat(4)} (id bigint);`,
      passes: `CREATE TABLE ${'a_very_long_name_'.repeat(3)} (id bigint);`,
    },
    statement: longNames,
  },
  {
    code: 'prefer-robust-stmts',
    level: 'off',
    from: ['Squawk'],
    why: 'Outside of a transaction a migration that failed has done a part, and running it again fails on that part. Godwit goes on behind the last statement that is done, so the rule is off; for files that other tools run as well, turn it on.',
    examples: {
      finds: 'CREATE TABLE a (id bigint);\nCREATE TABLE b (id bigint);',
      passes: 'CREATE TABLE IF NOT EXISTS a (id bigint);\nCREATE TABLE IF NOT EXISTS b (id bigint);',
      as: 'none',
    },
    statement: (at) =>
      at.migration.statements.length > 1 || at.statement.class.transaction === 'never' ? robust(at) : [],
  },
]

function longNames(at: At): Found[] {
  return [...tokens(at.statement.text)].flatMap(({ kind, text, offset }) => {
    const name = kind === 'name' ? text.slice(1, -1).replaceAll('""', '"') : text
    if ((kind !== 'name' && kind !== 'word') || !isTooLong(name)) return []
    return [
      {
        message: `${name} has ${Buffer.byteLength(name)} bytes, and is cut to ${cut(name)}.`,
        at: Buffer.byteLength(at.statement.text.slice(0, offset)),
        recipe: ['-- a name of at most 63 bytes'],
      },
    ]
  })
}

function robust(at: At): Found[] {
  const { text } = at.statement
  const found = (message: string, better: string | undefined, place?: number): Found => ({
    message,
    at: place,
    ...(better === undefined ? { recipe: ['-- in a transaction of its own'] } : together([better])),
  })
  const again = 'Running the migration again after it failed part way fails here.'
  const create = as(at.tree, 'CreateStmt')
  if (create !== undefined && !create.if_not_exists && !at.inTransaction)
    return [found(again, insertBehind(text, ['TABLE'], 'IF NOT EXISTS'))]
  const index = as(at.tree, 'IndexStmt')
  if (index !== undefined && !index.if_not_exists && (index.concurrent === true || !at.inTransaction)) {
    const words = index.concurrent === true ? 'CONCURRENTLY' : 'INDEX'
    return [found(again, index.idxname === undefined ? undefined : insertBehind(text, [words], 'IF NOT EXISTS'))]
  }
  const drop = as(at.tree, 'DropStmt')
  const dropWords: Partial<Record<string, string>> = {
    OBJECT_INDEX: 'INDEX',
    OBJECT_TABLE: 'TABLE',
    OBJECT_TYPE: 'TYPE',
  }
  const word = drop?.concurrent === true ? 'CONCURRENTLY' : dropWords[drop?.removeType ?? '']
  if (drop !== undefined && word !== undefined && !drop.missing_ok && (drop.concurrent === true || !at.inTransaction))
    return [found(again, insertBehind(text, [word], 'IF EXISTS'))]
  return robustCommands(at, again)
}

function robustCommands(at: At, again: string): Found[] {
  if (at.inTransaction) return []
  const alter = as(at.tree, 'AlterTableStmt')
  if (alter?.objtype !== 'OBJECT_TABLE') return []
  const before = at.before.flatMap((tree) => as(tree, 'AlterTableStmt')?.cmds ?? [])
  return (alter.cmds ?? []).flatMap((node) => {
    if (!('AlterTableCmd' in node)) return []
    const { subtype, missing_ok, name = '', def } = node.AlterTableCmd
    if (missing_ok === true) return []
    const constraint = def !== undefined && 'Constraint' in def ? (def.Constraint.conname ?? '') : name
    const isNamed = (of: string) =>
      before.some(
        (each) =>
          'AlterTableCmd' in each &&
          each.AlterTableCmd.subtype === of &&
          (each.AlterTableCmd.name === constraint ||
            (each.AlterTableCmd.def !== undefined &&
              'Constraint' in each.AlterTableCmd.def &&
              each.AlterTableCmd.def.Constraint.conname === constraint)),
      )
    if (subtype === 'AT_AddConstraint' && isNamed('AT_DropConstraint')) return []
    if (subtype === 'AT_ValidateConstraint' && (isNamed('AT_AddConstraint') || isNamed('AT_DropConstraint'))) return []
    return [{ message: again, recipe: ['-- with IF EXISTS or IF NOT EXISTS, or in a transaction of its own'] }]
  })
}
