import { inverse } from '../inverse.js'
import type { Rule } from '../rule.js'

/** Migrations as a whole, and comments to lint itself. */
export const migrationRules: readonly Rule[] = [
  {
    code: 'no-down',
    level: 'warning',
    from: ['good practice'],
    why: 'Without a way back a bad release can only be followed by another migration, written in a hurry. Write the way back with the migration; where there is none, say so where the format can say it.',
    migration: ({ migration }) => {
      if (!migration.lacksDown) return []
      const undo = inverse(migration.statements)
      return [
        {
          message: 'It has no way back.',
          place: { line: 1, column: 1 },
          recipe: [downPlace(migration.format, migration.name), ...undo],
        },
      ]
    },
  },
  {
    code: 'not-idempotent',
    level: 'warning',
    from: ['good practice'],
    why: 'MongoDB without a transaction leaves what was written when a migration fails, and the next run begins anew: what is inserted a second time is there twice. Look first, or write with an upsert. godwit check-idempotent runs a migration twice on a scratch database, and compares; this rule only reads the text.',
    migration: ({ migration }) =>
      (migration.notIdempotent ?? []).map(({ call, ...place }) => ({
        message: `${call} writes again when the migration is run again.`,
        place,
        recipe: [
          '// updateOne({ … }, { $setOnInsert: { … } }, { upsert: true })',
          `// proof: godwit check-idempotent ${migration.name}`,
        ],
      })),
  },
  {
    code: 'not-parsed',
    level: 'note',
    from: ['Godwit'],
    why: 'The parser of PostgreSQL 18 does not know the syntax, or the statement is above a million characters: no rule has looked at it. A newer server may know it.',
    examples: { finds: 'CREATE TABEL users (id bigint);', passes: 'CREATE TABLE users (id bigint);' },
    migration: ({ migration }) =>
      migration.statements
        .filter(({ tree }) => tree === undefined)
        .map(({ locate }) => ({ message: 'No rule has looked at this statement.', place: locate(0), recipe: [] })),
  },
  {
    code: 'missing-ignore-reason',
    level: 'warning',
    from: ['Godwit'],
    why: 'A comment that suppresses a finding is read by the next person in doubt. Without a reason it says nothing, and it suppresses nothing.',
    examples: {
      finds: '-- godwit-lint-ignore ban-drop-table\nDROP TABLE users;',
      passes: '-- godwit-lint-ignore ban-drop-table: nobody has used it since 2023\nDROP TABLE users;',
    },
  },
  {
    code: 'unused-ignore',
    level: 'note',
    from: ["Squawk's language server"],
    why: 'A comment that suppresses what is not found any more hides the next finding.',
    examples: {
      finds: '-- godwit-lint-ignore ban-drop-table: nobody uses it\nCREATE TABLE users (id bigint);',
      passes: '-- godwit-lint-ignore ban-drop-table: nobody uses it\nDROP TABLE users;',
    },
  },
]

function downPlace(format: string, name: string): string {
  switch (format) {
    case 'sql':
      return `-- in ${name}.down.sql:`
    case 'prisma':
      return '-- in down.sql beside migration.sql:'
    case 'node-pg-migrate':
      return '-- Down Migration'
    default:
      return '// in down:'
  }
}
