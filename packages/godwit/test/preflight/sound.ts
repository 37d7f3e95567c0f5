/** Scripts that work, though a first look at them would say otherwise. */
export interface Sound {
  /** Behind the tables `users` and `orgs`; the first user has no e-mail, and both have one phone number. */
  given?: string
  /** Statements, parted by `; `. */
  run: string
  since?: number
}

const parts = `CREATE TABLE p (id int, v text) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
  CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); INSERT INTO p VALUES (1, NULL), (12, 'a');`
const heirs = `CREATE TABLE par (id int, v text); CREATE TABLE kid () INHERITS (par); INSERT INTO kid VALUES (1, NULL); INSERT INTO par VALUES (2, 'x');`
const fix = (returns: string, result: string) =>
  `CREATE FUNCTION fix() RETURNS ${returns} LANGUAGE plpgsql AS 'BEGIN UPDATE users SET email = ''x'' WHERE email IS NULL;RETURN ${result};END'`
const trigger = 'CREATE TRIGGER t AFTER INSERT ON orgs FOR EACH ROW EXECUTE FUNCTION fix()'
const required = 'ALTER TABLE users ALTER email SET NOT NULL'

export const sound: readonly Sound[] = [
  // The rows are others by then.
  {
    run: `TRUNCATE users; ${required}; ALTER TABLE users ADD UNIQUE (phone); ALTER TABLE users ADD COLUMN q int NOT NULL`,
  },
  {
    run: `WITH d AS (UPDATE users SET email = 'x' WHERE email IS NULL RETURNING 1) SELECT count(*) FROM d; ${required}`,
  },
  { run: `WITH d AS (UPDATE users SET email = 'x' RETURNING id) INSERT INTO orgs SELECT id + 10 FROM d; ${required}` },
  { run: `EXPLAIN ANALYZE UPDATE users SET email = 'x' WHERE email IS NULL; ${required}` },
  { given: `${fix('trigger', 'NEW')};${trigger}`, run: `INSERT INTO orgs VALUES (7, 'z'); ${required}` },
  { run: `${fix('trigger', 'NEW')}; ${trigger}; INSERT INTO orgs VALUES (7, 'z'); ${required}` },
  { given: fix('int', '1'), run: `INSERT INTO orgs SELECT 20 + fix(); ${required}` },
  { given: fix('int', '1'), run: `CREATE TABLE l AS SELECT fix(); ${required}` },
  { run: `${fix('int', '1')}; SELECT fix(); ${required}` },
  { given: 'CREATE VIEW v AS SELECT * FROM users', run: `UPDATE v SET email = 'x' WHERE email IS NULL; ${required}` },
  {
    given:
      'CREATE TABLE lu (id int PRIMARY KEY); INSERT INTO lu VALUES (5); CREATE TABLE ref (lu int REFERENCES lu ON UPDATE CASCADE); INSERT INTO ref VALUES (5)',
    run: 'UPDATE lu SET id = 7; ALTER TABLE ref ADD CHECK (lu = 7)',
  },
  {
    given: `CREATE MATERIALIZED VIEW mv AS SELECT phone FROM users; UPDATE users SET phone = id::text`,
    run: 'REFRESH MATERIALIZED VIEW mv; CREATE UNIQUE INDEX ON mv (phone)',
  },
  // Partitions and heirs.
  {
    given: parts,
    run: 'ALTER TABLE p DETACH PARTITION p1; ALTER TABLE p ALTER v SET NOT NULL; ALTER TABLE p ADD CHECK (id > 10)',
  },
  { given: parts, run: 'DROP TABLE p1; ALTER TABLE p ALTER v SET NOT NULL' },
  { given: parts, run: 'TRUNCATE p1; ALTER TABLE p ALTER v SET NOT NULL' },
  { given: parts, run: 'DELETE FROM p1; ALTER TABLE p ALTER v SET NOT NULL' },
  { given: heirs, run: 'ALTER TABLE par ADD CHECK (v IS NOT NULL) NO INHERIT' },
  { given: heirs, run: 'ALTER TABLE ONLY par ADD CHECK (v IS NOT NULL) NO INHERIT' },
  { given: heirs, run: 'ALTER TABLE kid NO INHERIT par; ALTER TABLE par ALTER v SET NOT NULL' },
  // The values are others by then.
  { run: 'ALTER TABLE users ALTER score TYPE numeric(8,0); ALTER TABLE users ADD CHECK (score = round(score))' },
  { run: `ALTER TABLE users ALTER email TYPE text USING coalesce(email, 'x'), ALTER email SET NOT NULL` },
  { run: `ALTER TABLE users ALTER email SET NOT NULL, ALTER email TYPE text USING coalesce(email, 'x')` },
  { run: 'ALTER TABLE users ADD UNIQUE (phone), ALTER phone TYPE text USING id::text' },
  { run: 'ALTER TABLE users DROP COLUMN phone, ADD COLUMN phone text UNIQUE' },
  { run: 'ALTER TABLE users ADD COLUMN IF NOT EXISTS email text NOT NULL' },
  {
    given: 'ALTER TABLE users ADD COLUMN g int GENERATED ALWAYS AS (age - 100) STORED',
    run: 'ALTER TABLE users ALTER g SET EXPRESSION AS (age); ALTER TABLE users ADD CHECK (g > 0)',
    since: 17,
  },
  {
    run: `ALTER TABLE users ALTER age TYPE text USING org::text, ALTER org TYPE text USING age::text; ALTER TABLE users ADD CHECK (age = '1' AND org > '2')`,
  },
  // Functions and types are others by then, or are looked for elsewhere.
  {
    given: `CREATE FUNCTION ok(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'`,
    run: `CREATE OR REPLACE FUNCTION ok(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; ALTER TABLE users ADD CHECK (ok(age))`,
  },
  {
    given: `CREATE SCHEMA s; CREATE FUNCTION s.ok(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE FUNCTION ok(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'`,
    run: 'SET search_path = s, public; ALTER TABLE public.users ADD CHECK (ok(age))',
  },
  {
    given: `CREATE TYPE step AS ENUM ('7', '9')`,
    run: `ALTER TYPE step RENAME VALUE '9' TO '8'; ALTER TABLE users ALTER code TYPE step USING code::step`,
  },
  {
    given: `CREATE DOMAIN d AS text CHECK (value = '7')`,
    run: 'ALTER DOMAIN d DROP CONSTRAINT d_check; ALTER TABLE users ALTER code TYPE d',
  },
  // Names.
  {
    run: 'CREATE FOREIGN DATA WRAPPER fw; CREATE SERVER s FOREIGN DATA WRAPPER fw; CREATE FOREIGN TABLE ft (id int) SERVER s; ALTER TABLE ft ADD COLUMN x int; ALTER FOREIGN TABLE ft DROP COLUMN id',
  },
  {
    run: 'CREATE TABLE t AS SELECT * FROM users; ALTER TABLE t ADD PRIMARY KEY (id); ALTER TABLE t ALTER phone SET NOT NULL; ALTER TABLE t DROP CONSTRAINT t_pkey',
  },
  { run: 'SELECT * INTO t FROM users; ALTER TABLE t ALTER phone SET NOT NULL' },
  { run: 'CREATE TABLE t (LIKE users INCLUDING ALL); ALTER TABLE t DROP CONSTRAINT t_pkey' },
  { run: 'CREATE TYPE ct AS (a int); CREATE TABLE t OF ct; ALTER TABLE t ALTER a SET NOT NULL' },
  {
    given: 'CREATE TYPE ct AS (a int)',
    run: `ALTER TYPE ct ADD ATTRIBUTE b int; DROP TYPE ct; CREATE TYPE ct AS ENUM ('a')`,
  },
  {
    run: 'CREATE TEMP TABLE users AS SELECT 1 AS zz; ALTER TABLE users ALTER zz SET NOT NULL; DROP TABLE users; ALTER TABLE users ADD COLUMN q int',
  },
  { run: 'CREATE TEMP VIEW vv AS SELECT 1; CREATE VIEW vv AS SELECT 2' },
  { run: 'CREATE TABLE pg_temp.vv (id int); ALTER TABLE vv ADD b int' },
  {
    given: 'CREATE SCHEMA s; CREATE TABLE s.users (id int)',
    run: 'SET search_path = s; RESET ALL; ALTER TABLE users ALTER phone SET NOT NULL',
  },
  {
    given: 'CREATE SCHEMA s; CREATE TABLE s.users (phone text); INSERT INTO s.users VALUES (NULL)',
    run: 'SET search_path = s; RESET search_path; ALTER TABLE users ALTER phone SET NOT NULL',
  },
  { run: 'SET search_path = "$user", public; CREATE TABLE zz (id int); ALTER TABLE public.zz ADD x int' },
  {
    given: 'CREATE INDEX i ON users ((age + 1)) WHERE org > 0',
    run: 'ALTER TABLE users DROP COLUMN age; CREATE INDEX i ON users (phone)',
  },
  {
    given: 'CREATE INDEX i ON users (id) WHERE org > 0',
    run: 'ALTER TABLE users DROP COLUMN org; CREATE INDEX i ON users (phone)',
  },
  {
    run: 'ALTER TABLE users RENAME CONSTRAINT users_pkey TO upk; CREATE TABLE users_pkey (id int); ALTER TABLE users DROP CONSTRAINT upk',
  },
  {
    run: 'ALTER INDEX users_pkey RENAME TO upk; ALTER TABLE users DROP CONSTRAINT upk; ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id)',
  },
  { run: 'CREATE SCHEMA s CREATE TABLE inn (id int) CREATE INDEX ii ON inn (id); ALTER TABLE s.inn ADD COLUMN x int' },
  {
    given: 'CREATE SCHEMA s; CREATE TABLE s.inn (id int)',
    run: 'ALTER SCHEMA s RENAME TO s2; ALTER TABLE s2.inn ADD COLUMN x int; CREATE SCHEMA s; CREATE TABLE s.inn (id int)',
  },
  {
    given: 'CREATE SEQUENCE sq OWNED BY users.age',
    run: 'ALTER TABLE users DROP COLUMN age; CREATE TABLE sq (id int)',
  },
  { given: 'CREATE TABLE st (id serial)', run: 'DROP TABLE st; CREATE TABLE st_id_seq (id int)' },
  {
    given: `CREATE SCHEMA s; CREATE TYPE step AS ENUM ('a')`,
    run: `ALTER TYPE step SET SCHEMA s; CREATE TYPE step AS ENUM ('b')`,
  },
  {
    given: `CREATE SCHEMA s; CREATE TYPE step AS ENUM ('a'); SET search_path = s, public`,
    run: `CREATE TYPE step AS ENUM ('b')`,
  },
]
