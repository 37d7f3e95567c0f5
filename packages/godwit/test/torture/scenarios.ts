import type { FormatId } from '../../src/index.js'

/** Files by their path in the project. */
export type Files = Record<string, string>

/** How the middle one of three migrations runs. */
export type Kind = 'one' | 'copy' | 'none' | 'own' | 'split' | 'function' | 'known' | 'detached'

/** A project of three migrations, whose middle one is of the kind that is tortured. */
export interface Scenario {
  format: FormatId
  kind: Kind
  files: Files
  /** Rows of the history that mean applied: a query for their names. */
  history: string
  /**
   * A function without a transaction: what its last statement leaves, and how a person takes the rest of a dead one
   * away. It is never run again by itself.
   */
  byHand?: { name: string; complete: string; repair: string }
}

const effect = (name: string) => `insert into effects values ('${name}');\n`

// A row says that a migration ran; without a key a second one says that it ran twice.
const first = `create table effects (name text);
create table parent (id int primary key);
create type mood as enum ('sad');
create function slowly(int) returns int language plpgsql immutable as $$ begin perform pg_sleep(0.02); return $1; end $$;
${effect('first')}`

const last = `alter table parent add column v text default 'x';
create index parent_v on parent (v);
${effect('last')}`

const kept = `create table kept (id int, v text);
insert into kept select g, 'v' || g from generate_series(1, 5) as g;
`

const scripts: Record<'one' | 'copy' | 'none' | 'own' | 'split', string> = {
  one: `${kept}${effect('one')}select pg_sleep(0.1);
alter table kept add constraint kept_pk primary key (id);
update kept set v = upper(v);
`,
  copy: `${kept}copy kept from stdin;\n6\tsix\n7\tseven\n\\.\n${effect('copy')}alter table kept add column w int default 1;\n`,
  none: `${kept}create index concurrently kept_slow on kept (slowly(id));
${effect('none')}create unique index concurrently kept_id on kept (id);
alter type mood add value 'ok';
drop index concurrently kept_slow;
${effect('none, later')}vacuum kept;
alter table kept add column w int default 1;
`,
  own: `begin;
${kept}${effect('own')}commit;
begin;
alter table kept add column w int default 1;
${effect('own, later')}commit;
`,
  split: `${kept}alter type mood add value 'ok';
${effect('split')}alter table kept add column m mood default 'ok';
alter type mood add value 'happy';
update kept set m = 'happy' where id = 2;
${effect('split, later')}`,
}

const sqlHeads: Partial<Record<Kind, string>> = { none: '-- godwit: transaction=none\n' }
const steps = ['1700000000001', '1700000000002', '1700000000003'] as const

function sql(kind: keyof typeof scripts): Scenario {
  const middle = `${sqlHeads[kind] ?? ''}${scripts[kind]}`
  const texts = [first, middle, last]
  return {
    format: 'sql',
    kind,
    files: {
      'godwit.config.json': '{ "format": "sql" }',
      ...Object.fromEntries(texts.map((text, i) => [`migrations/${steps[i]}_step.sql`, text])),
    },
    history: 'select name from godwit_migrations',
  }
}

function prisma(kind: keyof typeof scripts): Scenario {
  const texts = [first, scripts[kind], last]
  return {
    format: 'prisma',
    kind,
    files: {
      'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
      'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
      ...Object.fromEntries(texts.map((text, i) => [`prisma/migrations/${steps[i]}_step/migration.sql`, text])),
    },
    history: `select migration_name as name from _prisma_migrations where rolled_back_at is null`,
  }
}

const byPgm = (body: string) => `export const up = async (pgm: any) => {\n${body}\n}\nexport const down = false\n`
const pgmSql = (text: string) => byPgm(`pgm.sql(${JSON.stringify(text)})`)
const pgmEffect = (name: string) => `pgm.sql(${JSON.stringify(effect(name))})`

const builders: Partial<Record<Kind, string>> = {
  one: byPgm(`pgm.createTable('kept', { id: { type: 'int', primaryKey: true }, v: 'text' })
${pgmEffect('one')}
pgm.addColumn('kept', { w: { type: 'int', default: 1 } })`),
  none: byPgm(`pgm.noTransaction()
pgm.createTable('kept', { id: 'int', v: 'text' })
${pgmEffect('none')}
pgm.createIndex('kept', 'v', { concurrently: true, name: 'kept_v' })
${pgmEffect('none, later')}`),
  split: byPgm(`pgm.addTypeValue('mood', 'ok')
pgm.createTable('kept', { id: 'int', m: { type: 'mood', default: 'ok' } })
${pgmEffect('split')}
pgm.sql("insert into kept values (1, 'ok')")`),
  function: byPgm(`await pgm.db.query('create table kept (id int)')
const [{ seven }] = await pgm.db.select('select 7 as seven')
await pgm.db.query("insert into effects values ('function')")
pgm.sql('insert into kept values (' + seven + ')')`),
  detached: byPgm(`pgm.noTransaction()
await pgm.db.query("insert into effects values ('detached')")
await pgm.db.query('create table kept (id int)')
pgm.createIndex('kept', 'id', { concurrently: true, name: 'kept_id' })
${pgmEffect('detached, later')}`),
}

const repair = `drop table if exists kept; delete from effects where name like 'detached%'`
const complete = `select from effects where name = 'detached, later'`

function nodePgMigrate(kind: Kind): Scenario {
  const texts = [pgmSql(first), builders[kind] as string, pgmSql(last)]
  return {
    format: 'node-pg-migrate',
    kind,
    files: {
      'package.json': '{ "name": "app", "type": "module", "devDependencies": { "node-pg-migrate": "9" } }',
      ...Object.fromEntries(texts.map((text, i) => [`migrations/${steps[i]}_step.ts`, text])),
    },
    history: 'select name from pgmigrations',
    ...(kind === 'detached' ? { byHand: { name: steps[1], complete, repair } } : {}),
  }
}

function typeorm(kind: 'function' | 'known' | 'detached'): Scenario {
  const queries = {
    function: [kept, effect('function'), 'alter table kept add column w int default 1'],
    // Each is one statement, so that they are sent without calling the function.
    known: [
      'create table kept (id int, v text)',
      "insert into kept values (1, 'v1'), (2, 'v2'), (3, 'v3'), (4, 'v4'), (5, 'v5')",
      effect('known'),
      'alter table kept add column w int default 1',
    ],
    detached: [
      effect('detached'),
      kept,
      'create index concurrently kept_id on kept (id)',
      'alter table kept add column w int default 1',
      effect('detached, later'),
    ],
  }
  const around = [first, last].map((text) =>
    kind === 'known' ? text.split(/;\n/).filter((each) => each !== '') : [text],
  )
  const texts = [around[0] ?? [], queries[kind], around[1] ?? []]
  const classes = texts.map((statements, i) => {
    const transaction = kind === 'detached' && i === 1 ? '  transaction = false\n' : ''
    const body = statements.map((text) => `    await runner.query(${JSON.stringify(text)})\n`).join('')
    return `export class Step${steps[i]} {\n  name = 'Step${steps[i]}'\n${transaction}  async up(runner: any) {\n${body}  }\n  async down() {}\n}\n`
  })
  return {
    format: 'typeorm',
    kind,
    files: {
      'package.json': '{ "name": "app" }',
      'tsconfig.json':
        '{ "compilerOptions": { "module": "commonjs", "target": "ES2022", "experimentalDecorators": true } }',
      'src/data-source.ts': `import 'reflect-metadata'
import { DataSource } from 'typeorm'
export const source = new DataSource({ type: 'postgres', migrations: [__dirname + '/migrations/*{.ts,.js}'] })
`,
      ...Object.fromEntries(classes.map((text, i) => [`src/migrations/${steps[i]}-step.ts`, text])),
    },
    history: 'select name from migrations',
    ...(kind === 'detached' ? { byHand: { name: steps[1], complete, repair } } : {}),
  }
}

/** Every project that is tortured; by its name, such as `sql/none`. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  [
    ...(['one', 'copy', 'none', 'own', 'split'] as const).map(sql),
    ...(['one', 'none', 'own', 'split'] as const).map(prisma),
    ...(['one', 'none', 'split', 'function', 'detached'] as const).map(nodePgMigrate),
    ...(['function', 'known', 'detached'] as const).map(typeorm),
  ].map((scenario) => [`${scenario.format}/${scenario.kind}`, scenario]),
)
