/** Statements whose working depends on the data, with data that breaks them and data that does not. */
export interface Case {
  code: string
  run: string
  /** Behind the common tables. */
  breaks: string
  fits: string
  /** From this version of PostgreSQL on. */
  since?: number
}

export const tables = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'odd');
CREATE TABLE orgs (id int PRIMARY KEY, code text UNIQUE);
CREATE TABLE users (id int PRIMARY KEY, email text, phone text, age int, org int, code text, mood mood, note varchar(40), score numeric(8,2), big bigint);
CREATE TABLE old_users (id int, org int, "odd Name" text);
INSERT INTO orgs VALUES (1, 'a'), (2, 'b');
`

const row = (id: number, columns: Record<string, string | number | null>): string => {
  const values = Object.values(columns).map((value) =>
    typeof value === 'string' ? `'${value}'` : String(value ?? 'NULL'),
  )
  return `INSERT INTO users (id, ${Object.keys(columns).join(', ')}) VALUES (${[id, ...values].join(', ')});`
}

export const cases: readonly Case[] = [
  {
    code: 'duplicate-keys',
    run: 'CREATE UNIQUE INDEX i ON users (email)',
    breaks: row(1, { email: 'a' }) + row(2, { email: 'a' }),
    fits: row(1, { email: 'a' }) + row(2, { email: null }) + row(3, { email: null }),
  },
  {
    code: 'duplicate-keys',
    run: 'CREATE UNIQUE INDEX i ON users (lower(email))',
    breaks: row(1, { email: 'a' }) + row(2, { email: 'A' }),
    fits: row(1, { email: 'a' }) + row(2, { email: 'b' }),
  },
  {
    code: 'duplicate-keys',
    run: 'CREATE UNIQUE INDEX i ON users (email) WHERE age > 3',
    breaks: row(1, { email: 'a', age: 5 }) + row(2, { email: 'a', age: 6 }),
    fits: row(1, { email: 'a', age: 1 }) + row(2, { email: 'a', age: 6 }),
  },
  {
    code: 'duplicate-keys',
    run: 'CREATE UNIQUE INDEX i ON users (email, phone)',
    breaks: row(1, { email: 'a', phone: 'x' }) + row(2, { email: 'a', phone: 'x' }),
    fits:
      row(1, { email: 'a', phone: 'x' }) + row(2, { email: 'a', phone: null }) + row(3, { email: 'a', phone: null }),
  },
  {
    code: 'duplicate-keys',
    since: 15,
    run: 'CREATE UNIQUE INDEX i ON users (email) NULLS NOT DISTINCT',
    breaks: row(1, { email: null }) + row(2, { email: null }),
    fits: row(1, { email: null }) + row(2, { email: 'x' }),
  },
  {
    code: 'duplicate-keys',
    run: 'ALTER TABLE users ADD UNIQUE (email)',
    breaks: row(1, { email: 'a' }) + row(2, { email: 'a' }),
    fits: row(1, { email: 'a' }),
  },
  {
    code: 'duplicate-keys',
    run: 'ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME email TO mail; ALTER TABLE people ADD UNIQUE (mail)',
    breaks: row(1, { email: 'a' }) + row(2, { email: 'a' }),
    fits: row(1, { email: 'a' }),
  },
  {
    code: 'duplicate-keys',
    run: 'ALTER TABLE old_users ADD PRIMARY KEY (id)',
    breaks: 'INSERT INTO old_users VALUES (1), (1)',
    fits: 'INSERT INTO old_users VALUES (1), (2)',
  },
  {
    code: 'nulls',
    run: 'ALTER TABLE users ADD COLUMN extra int; CREATE UNIQUE INDEX i ON users (extra); ALTER TABLE users ALTER extra SET NOT NULL',
    breaks: row(1, { age: 1 }) + row(2, { age: 1 }),
    fits: '',
  },
  {
    code: 'nulls',
    run: 'ALTER TABLE old_users ADD PRIMARY KEY (id)',
    breaks: 'INSERT INTO old_users VALUES (NULL)',
    fits: 'INSERT INTO old_users VALUES (1)',
  },
  {
    code: 'nulls',
    run: 'ALTER TABLE users ALTER email SET NOT NULL',
    breaks: row(1, { email: null }),
    fits: row(1, { email: 'a' }),
  },
  {
    code: 'nulls',
    run: 'ALTER TABLE old_users ALTER "odd Name" SET NOT NULL',
    breaks: 'INSERT INTO old_users VALUES (1)',
    fits: `INSERT INTO old_users VALUES (1, 1, 'x')`,
  },
  {
    code: 'nulls',
    run: 'ALTER TABLE users ADD CONSTRAINT c NOT NULL email',
    breaks: row(1, { email: null }),
    fits: row(1, { email: 'a' }),
    since: 18,
  },
  {
    code: 'nulls',
    run: 'ALTER TABLE users ADD COLUMN extra text; ALTER TABLE users ALTER extra SET NOT NULL',
    breaks: row(1, { email: 'a' }),
    fits: '',
  },
  {
    code: 'check-violated',
    run: 'ALTER TABLE users ADD CONSTRAINT grown CHECK (users.age >= 18)',
    breaks: row(1, { age: 17 }),
    fits: row(1, { age: 18 }) + row(2, { age: null }),
  },
  {
    code: 'check-violated',
    run: `ALTER TABLE users RENAME COLUMN note TO remark; ALTER TABLE users ADD CHECK (remark <> 'x' AND position('''' in remark) = 0)`,
    breaks: row(1, { note: 'x' }),
    fits: row(1, { note: 'y' }),
  },
  {
    code: 'check-violated',
    run: 'ALTER TABLE users ADD CONSTRAINT grown CHECK (age >= 18) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT grown',
    breaks: row(1, { age: 17 }),
    fits: row(1, { age: 18 }),
  },
  {
    code: 'missing-reference',
    run: 'ALTER TABLE users ADD FOREIGN KEY (org) REFERENCES orgs',
    breaks: row(1, { org: 3 }),
    fits: row(1, { org: 2 }) + row(2, { org: null }),
  },
  {
    code: 'missing-reference',
    run: 'ALTER TABLE users ADD FOREIGN KEY (code) REFERENCES orgs (code)',
    breaks: row(1, { code: 'z' }),
    fits: row(1, { code: 'b' }),
  },
  {
    code: 'missing-reference',
    run: 'ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (org) REFERENCES orgs NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT f',
    breaks: row(1, { org: 3 }),
    fits: row(1, { org: 2 }),
  },
  {
    code: 'missing-reference',
    run: 'CREATE TABLE fresh (id int PRIMARY KEY); ALTER TABLE users ADD FOREIGN KEY (org) REFERENCES fresh',
    breaks: row(1, { org: 1 }),
    fits: row(1, { org: null }),
  },
  {
    code: 'cast-fails',
    run: 'ALTER TABLE users ALTER code TYPE int USING code::int',
    breaks: row(1, { code: 'x' }),
    fits: row(1, { code: '7' }),
  },
  {
    code: 'cast-fails',
    run: 'ALTER TABLE users ALTER big TYPE int',
    breaks: row(1, { big: 3000000000 }),
    fits: row(1, { big: 3 }),
  },
  {
    code: 'cast-fails',
    run: 'ALTER TABLE users ALTER score TYPE numeric(4,2)',
    breaks: row(1, { score: 123.5 }),
    fits: row(1, { score: 12.5 }),
  },
  {
    code: 'cast-fails',
    run: 'ALTER TABLE users ALTER code TYPE mood USING code::mood',
    breaks: row(1, { code: 'glad' }),
    fits: row(1, { code: 'ok' }),
  },
  {
    code: 'cast-fails',
    run: 'ALTER TABLE users ALTER code TYPE jsonb USING code::jsonb',
    breaks: row(1, { code: '{' }),
    fits: row(1, { code: '{}' }),
  },
  {
    code: 'cast-fails',
    run: 'ALTER TABLE users ALTER code TYPE uuid USING code::uuid',
    breaks: row(1, { code: 'x' }),
    fits: row(1, { code: '00000000-0000-4000-8000-000000000000' }),
  },
  {
    code: 'value-too-long',
    run: 'ALTER TABLE users ALTER note TYPE varchar(5)',
    breaks: row(1, { note: 'abcdef' }),
    fits: row(1, { note: 'abcde   ' }),
  },
  {
    code: 'value-too-long',
    run: 'ALTER TABLE users ALTER email TYPE varchar(5)',
    breaks: row(1, { email: 'abcdef' }),
    fits: row(1, { email: 'abcde' }),
  },
  {
    code: 'label-in-use',
    run: `ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TABLE users ALTER mood TYPE mood USING mood::text::mood; DROP TYPE mood_old`,
    breaks: row(1, { mood: 'odd' }),
    fits: row(1, { mood: 'ok' }),
  },
  {
    code: 'required-column',
    run: 'ALTER TABLE users ADD COLUMN extra int NOT NULL',
    breaks: row(1, { age: 1 }),
    fits: '',
  },
  {
    code: 'exists-already',
    run: 'CREATE TABLE extra (id int)',
    breaks: 'CREATE TABLE extra (id int)',
    fits: 'CREATE SCHEMA s; CREATE TABLE s.extra (id int)',
  },
  { code: 'exists-already', run: 'CREATE INDEX extra ON users (age)', breaks: 'CREATE TABLE extra (id int)', fits: '' },
  {
    code: 'exists-already',
    run: 'ALTER TABLE users ADD COLUMN extra int',
    breaks: 'ALTER TABLE users ADD COLUMN extra int',
    fits: '',
  },
  {
    code: 'exists-already',
    run: 'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0)',
    breaks: 'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 1)',
    fits: '',
  },
  {
    code: 'exists-already',
    run: `CREATE TYPE extra AS ENUM ('a')`,
    breaks: `CREATE TYPE extra AS ENUM ('a')`,
    fits: '',
  },
  {
    code: 'does-not-exist',
    run: 'ALTER TABLE users DROP COLUMN code',
    breaks: 'ALTER TABLE users DROP COLUMN code',
    fits: '',
  },
  { code: 'does-not-exist', run: 'ALTER TABLE old_users ADD COLUMN x int', breaks: 'DROP TABLE old_users', fits: '' },
  {
    code: 'does-not-exist',
    run: 'ALTER TABLE users DROP CONSTRAINT c',
    breaks: '',
    fits: 'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 1)',
  },
  { code: 'missing-extension', run: 'CREATE EXTENSION IF NOT EXISTS no_such_thing', breaks: '', fits: '-' },
]
