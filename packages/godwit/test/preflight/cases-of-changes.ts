import type { Case } from './cases.js'

const two = 'INSERT INTO users (id, age) VALUES (1, 5), (2, 6);'
const one = 'INSERT INTO users (id, age) VALUES (1, 5);'

/** Constraints on what the statements of the run make of the rows. */
export const casesOfChanges: readonly Case[] = [
  { code: 'duplicate-keys', run: 'ALTER TABLE users ADD COLUMN extra int DEFAULT 3 UNIQUE', breaks: two, fits: one },
  {
    code: 'duplicate-keys',
    run: 'ALTER TABLE users ADD COLUMN extra int DEFAULT 3; CREATE UNIQUE INDEX i ON users (extra)',
    breaks: two,
    fits: one,
  },
  {
    code: 'duplicate-keys',
    run: 'ALTER TABLE users ALTER score TYPE numeric(8,0); CREATE UNIQUE INDEX i ON users (score)',
    breaks: 'INSERT INTO users (id, score) VALUES (1, 1.1), (2, 1.2)',
    fits: 'INSERT INTO users (id, score) VALUES (1, 1.1), (2, 2.2)',
  },
  {
    code: 'duplicate-keys',
    run: 'ALTER TABLE users ALTER code TYPE text USING left(code, 1); ALTER TABLE users RENAME code TO letter; ALTER TABLE users ADD UNIQUE (letter)',
    breaks: `INSERT INTO users (id, code) VALUES (1, 'ab'), (2, 'ac')`,
    fits: `INSERT INTO users (id, code) VALUES (1, 'ab'), (2, 'bc')`,
  },
  {
    code: 'nulls',
    run: 'ALTER TABLE users ADD COLUMN extra int; ALTER TABLE users ALTER extra SET DEFAULT 3; ALTER TABLE users ALTER extra SET NOT NULL',
    breaks: one,
    fits: '',
  },
  {
    code: 'nulls',
    run: `ALTER TABLE users ALTER email SET NOT NULL, ALTER email TYPE text USING nullif(email, 'x')`,
    breaks: `INSERT INTO users (id, email) VALUES (1, 'x')`,
    fits: `INSERT INTO users (id, email) VALUES (1, 'y')`,
  },
  {
    code: 'check-violated',
    run: 'ALTER TABLE users ADD COLUMN extra int DEFAULT 1 CHECK (extra > 5)',
    breaks: one,
    fits: '',
  },
  {
    code: 'check-violated',
    run: 'ALTER TABLE users ADD COLUMN extra int CHECK (age > 5)',
    breaks: one,
    fits: 'INSERT INTO users (id, age) VALUES (1, 6)',
  },
  {
    code: 'check-violated',
    run: 'ALTER TABLE users ADD COLUMN extra int GENERATED ALWAYS AS (age * 2) STORED; ALTER TABLE users ADD CHECK (extra > 11)',
    breaks: one,
    fits: 'INSERT INTO users (id, age) VALUES (1, 6)',
  },
  {
    code: 'check-violated',
    run: 'ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 5) NOT VALID; ALTER TABLE users RENAME age TO years; ALTER TABLE users ADD COLUMN age int DEFAULT 1; ALTER TABLE users VALIDATE CONSTRAINT grown',
    breaks: one,
    fits: 'INSERT INTO users (id, age) VALUES (1, 6)',
  },
  {
    code: 'missing-reference',
    run: 'ALTER TABLE users ADD COLUMN extra int DEFAULT 9 REFERENCES orgs',
    breaks: one,
    fits: '',
  },
  {
    code: 'missing-reference',
    run: 'ALTER TABLE users ADD FOREIGN KEY (org, code) REFERENCES orgs (id, code) MATCH FULL',
    breaks: `ALTER TABLE orgs ADD UNIQUE (id, code); INSERT INTO users (id, org) VALUES (1, 1)`,
    fits: `ALTER TABLE orgs ADD UNIQUE (id, code); INSERT INTO users (id, org, code) VALUES (1, NULL, NULL), (2, 1, 'a')`,
  },
  {
    code: 'missing-reference',
    run: 'ALTER TABLE users VALIDATE CONSTRAINT f',
    breaks: `ALTER TABLE orgs ADD UNIQUE (id, code); ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (org, code) REFERENCES orgs (id, code) MATCH FULL NOT VALID; SET session_replication_role = replica; INSERT INTO users (id, org) VALUES (1, 1)`,
    fits: `ALTER TABLE orgs ADD UNIQUE (id, code); ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (org, code) REFERENCES orgs (id, code) NOT VALID; INSERT INTO users (id, org) VALUES (1, 1)`,
  },
  {
    code: 'conflicting-rows',
    run: 'ALTER TABLE users ADD CONSTRAINT x EXCLUDE (code WITH =) WHERE (age > 1)',
    breaks: `INSERT INTO users (id, code, age) VALUES (1, 'a', 2), (2, 'a', 3)`,
    fits: `INSERT INTO users (id, code, age) VALUES (1, 'a', 2), (2, 'a', 1), (3, NULL, 4), (4, NULL, 4)`,
  },
  {
    code: 'conflicting-rows',
    run: `ALTER TABLE users ADD EXCLUDE USING gist (int4range(org, org, '[]') WITH =, int4range(age, age + 5) WITH OPERATOR(pg_catalog.&&))`,
    breaks: 'INSERT INTO users (id, org, age) VALUES (1, 1, 2), (2, 1, 6)',
    fits: 'INSERT INTO users (id, org, age) VALUES (1, 1, 2), (2, 1, 7), (3, 2, 3)',
  },
  {
    code: 'conflicting-rows',
    run: 'ALTER TABLE spans ADD PRIMARY KEY (room, span WITHOUT OVERLAPS)',
    breaks: `CREATE TABLE spans (room int4range, span int4range); INSERT INTO spans VALUES ('[1,1]', '[1,4)'), ('[1,1]', '[3,5)')`,
    fits: `CREATE TABLE spans (room int4range, span int4range); INSERT INTO spans VALUES ('[1,1]', '[1,3)'), ('[1,1]', '[3,5)'), ('[2,2]', '[3,5)')`,
    since: 18,
  },
]
