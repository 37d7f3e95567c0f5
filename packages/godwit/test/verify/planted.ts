import type { VerifiedMigration } from '../../src/verify/report.js'

/** What every planted migration comes behind. */
export const base = {
  up: `CREATE TYPE mood AS ENUM ('fine', 'sad');
CREATE TABLE users (id serial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE CHECK (email ~ '^[^@ ]+@[^@ ]+$'), age int CHECK (age BETWEEN 1 AND 150),
  mood mood NOT NULL DEFAULT 'fine', boss int REFERENCES users (id), made timestamptz NOT NULL DEFAULT now());
CREATE INDEX users_age ON users (age);
COMMENT ON TABLE users IS 'people';
CREATE TABLE orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id int NOT NULL REFERENCES users (id),
  total numeric(8, 2) NOT NULL CHECK (total >= 0 AND total < 100), state text NOT NULL CHECK (state IN ('open', 'done')), seq bigint GENERATED ALWAYS AS IDENTITY);
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql AS $$ SELECT upper(t) $$;
CREATE TABLE roles (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO roles VALUES (1, 'admin'), (2, 'reader');
`,
  down: 'DROP TABLE orders, users, roles; DROP TYPE mood; DROP FUNCTION shout;',
}

/** A migration with a way back, and what is to be said of it. `lines`: parts of what its reasons are about. */
export interface Planted {
  what: string
  up: string
  down: string
  verdict: VerifiedMigration['verdict']
  codes?: VerifiedMigration['reasons'][number]['code'][]
  lines?: string[]
  note?: string
}

const reversible: Planted[] = [
  ['a table', 'CREATE TABLE a (id int)', 'DROP TABLE a'],
  ['a column', "ALTER TABLE users ADD nick text DEFAULT upper('x')", 'ALTER TABLE users DROP nick'],
  ['an index', 'CREATE UNIQUE INDEX i ON users (lower(email))', 'DROP INDEX i'],
  ['a concurrent index', 'CREATE INDEX CONCURRENTLY i ON users (mood)', 'DROP INDEX CONCURRENTLY i'],
  [
    'a foreign key that finds its rows',
    'ALTER TABLE orders ADD role int; ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (role) REFERENCES roles',
    'ALTER TABLE orders DROP role',
  ],
  [
    'a rename',
    'ALTER TABLE users RENAME age TO years; ALTER TABLE users RENAME TO people',
    'ALTER TABLE people RENAME TO users; ALTER TABLE users RENAME years TO age',
  ],
  ['a type that holds more', 'ALTER TABLE users ALTER age TYPE bigint', 'ALTER TABLE users ALTER age TYPE int'],
  ['a grant', 'GRANT SELECT ON users TO public', 'REVOKE ALL ON users FROM public'],
  ['rows of its own', "INSERT INTO roles VALUES (3, 'writer')", 'DELETE FROM roles WHERE id = 3'],
  [
    'a column that is split',
    "ALTER TABLE users ADD box text, ADD host text; UPDATE users SET box = split_part(email, '@', 1), host = split_part(email, '@', 2); ALTER TABLE users DROP email",
    "ALTER TABLE users ADD email varchar(80) CHECK (email ~ '^[^@ ]+@[^@ ]+$'); UPDATE users SET email = box || '@' || host; ALTER TABLE users ALTER email SET NOT NULL, ADD UNIQUE (email), DROP box, DROP host",
  ],
].map(([what = '', up = '', down = '']) => ({ what, up, down, verdict: 'reversible' }))

const elsewhere: Planted[] = [
  {
    what: 'a forgotten index',
    up: 'DROP INDEX users_age; ALTER TABLE users ADD n int',
    down: 'ALTER TABLE users DROP n',
    lines: ['index public.users_age is not there'],
    codes: ['differs', 'up-again-fails'],
  },
  {
    what: 'an index that is left',
    up: 'CREATE INDEX IF NOT EXISTS i ON users (mood)',
    down: 'SELECT 1',
    lines: ['index public.i is left'],
  },
  {
    what: 'a column with another type',
    up: 'ALTER TABLE roles DROP name',
    down: 'ALTER TABLE roles ADD name varchar(10)',
    lines: [
      'column public.roles.name was text | not null, is character varying(10)',
      'public.roles.name: 5 of 5 values are gone',
    ],
    codes: ['differs', 'data'],
  },
  {
    what: 'a default that is not there again',
    up: 'ALTER TABLE users ALTER mood DROP DEFAULT',
    down: 'SELECT 1',
    lines: ['column public.users.mood'],
  },
  {
    what: 'a value of an enum',
    up: "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'mad'",
    down: 'SELECT 1',
    lines: ["enum public.mood was 'fine', 'sad', is 'fine', 'sad', 'mad'"],
  },
  {
    what: 'a function',
    up: "CREATE OR REPLACE FUNCTION shout(t text) RETURNS text LANGUAGE sql AS $$ SELECT upper(t) || '!' $$",
    down: 'SELECT 1',
    lines: ['function public.shout(t text) is another one'],
  },
  {
    what: 'a trigger',
    up: 'CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    down: 'SELECT 1',
    lines: ['trigger public.users.t is left'],
  },
  {
    what: 'a comment',
    up: "COMMENT ON TABLE users IS 'persons'",
    down: 'SELECT 1',
    lines: ['table public.users was people, is persons'],
  },
  {
    what: 'a comment on a trigger',
    up: "CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); COMMENT ON TRIGGER t ON users IS 'why'",
    down: 'COMMENT ON TRIGGER t ON users IS NULL',
    lines: ['trigger public.users.t is left'],
  },
  {
    what: 'a grant',
    up: 'GRANT SELECT ON users TO public',
    down: 'SELECT 1',
    lines: ['grant public.users.public is left'],
  },
  {
    what: 'a grant on a column',
    up: 'GRANT SELECT (age) ON users TO public',
    down: 'SELECT 1',
    lines: ['grant public.users.age.public is left'],
  },
  {
    what: 'a right taken from everybody',
    up: 'REVOKE EXECUTE ON FUNCTION shout FROM public',
    down: 'SELECT 1',
    lines: ['grant public.shout(t text).public is not there'],
  },
  {
    what: 'statistics',
    up: 'CREATE STATISTICS IF NOT EXISTS s ON age, mood FROM users',
    down: 'SELECT 1',
    lines: ['statistics public.s is left'],
  },
  {
    what: 'row security',
    up: 'ALTER TABLE users ENABLE ROW LEVEL SECURITY',
    down: 'SELECT 1',
    lines: ['table public.users'],
  },
  {
    what: 'a table that is left',
    up: 'CREATE TABLE IF NOT EXISTS a (id serial PRIMARY KEY); CREATE INDEX IF NOT EXISTS a_i ON a (id)',
    down: 'SELECT 1',
    lines: ['table public.a is left'],
  },
  {
    what: 'a check with other bounds',
    up: 'ALTER TABLE users DROP CONSTRAINT users_age_check',
    down: 'ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age BETWEEN 1 AND 15000000)',
    lines: ['constraint public.users.users_age_check'],
  },
].map((each) => ({ codes: ['differs'], ...each, verdict: 'irreversible' }) as Planted)

const failing: Planted[] = [
  {
    what: 'a down that fails',
    up: 'ALTER TABLE users ADD n int',
    down: 'ALTER TABLE users DROP nn',
    codes: ['down-fails'],
  },
  {
    what: 'a down that fails on rows',
    up: 'ALTER TABLE users DROP made',
    down: 'ALTER TABLE users ADD made timestamptz NOT NULL',
    codes: ['down-fails'],
  },
  {
    what: 'a second up that fails',
    up: "INSERT INTO roles VALUES (3, 'writer')",
    down: 'SELECT 1',
    codes: ['up-again-fails'],
    note: 'public.roles: 1 row',
  },
  {
    what: 'a second up that doubles rows',
    up: "CREATE TABLE IF NOT EXISTS roles (id int); ALTER TABLE roles DROP CONSTRAINT IF EXISTS roles_pkey; INSERT INTO roles VALUES (3, 'writer')",
    down: 'ALTER TABLE roles ADD PRIMARY KEY (id)',
    codes: ['up-again-differs'],
    lines: ['public.roles: 1 row more'],
    note: 'public.roles: 1 row',
  },
].map((each) => ({ ...each, verdict: 'irreversible' }) as Planted)

const lossy: Planted[] = [
  {
    what: 'a dropped column',
    up: 'ALTER TABLE users DROP age',
    down: 'ALTER TABLE users ADD age int CHECK (age BETWEEN 1 AND 150); CREATE INDEX users_age ON users (age)',
    lines: ['public.users.age: 3 of 3 values are gone'],
  },
  {
    what: 'a dropped column that comes back with its default',
    up: 'ALTER TABLE users DROP made',
    down: 'ALTER TABLE users ADD made timestamptz NOT NULL DEFAULT now()',
    lines: ['public.users.made: 3 of 3 values are others'],
  },
  {
    what: 'rows that are deleted',
    up: 'DELETE FROM orders',
    down: 'SELECT 1',
    lines: ['public.orders: 3 of 3 rows are gone'],
  },
  {
    what: 'rows of a data migration that are deleted',
    up: "DELETE FROM roles WHERE name = 'reader'",
    down: "INSERT INTO roles VALUES (2, 'Reader')",
    lines: ['public.roles.name: 1 of 5 values are others'],
  },
  {
    what: 'digits that are rounded away',
    up: 'ALTER TABLE orders ALTER total TYPE numeric(8, 1)',
    down: 'ALTER TABLE orders ALTER total TYPE numeric(8, 2)',
    lines: ['public.orders.total: 3 of 3 values are others'],
  },
  {
    what: 'a type that holds less',
    up: 'ALTER TABLE users ALTER made TYPE date',
    down: 'ALTER TABLE users ALTER made TYPE timestamptz',
    lines: ['public.users.made: 3 of 3 values are others'],
  },
  {
    what: 'values written over',
    up: "UPDATE users SET mood = 'sad'",
    down: "UPDATE users SET mood = 'fine'",
    lines: ['public.users.mood'],
  },
  {
    what: 'values in other rows',
    up: 'UPDATE orders SET total = o.total FROM (SELECT id, row_number() OVER (ORDER BY total DESC) n FROM orders) a, (SELECT total, row_number() OVER (ORDER BY total) n FROM orders) o WHERE a.n = o.n AND a.id = orders.id',
    down: 'SELECT 1',
    lines: ['public.orders: values are in other rows'],
  },
  {
    what: 'a sequence that starts over',
    up: 'ALTER TABLE orders ALTER seq DROP IDENTITY',
    down: 'ALTER TABLE orders ALTER seq ADD GENERATED ALWAYS AS IDENTITY',
    lines: ['sequence public.orders_seq_seq starts over'],
  },
].map((each) => ({ ...each, codes: ['data'], verdict: 'lossy' }) as Planted)

export const planted: readonly Planted[] = [...reversible, ...elsewhere, ...failing, ...lossy]
