import type { Rename } from '../../../../src/formats/contract.js'

/** One change of a schema. */
export interface Change {
  name: string
  before: string
  after: string
  /** What a migration by hand does in between. */
  sql?: string
  renamed?: Rename[]
  notRenamed?: Rename[]
  /** Rows that are there when the change is applied. */
  rows?: string
  /** What is kept that the engine would drop. */
  kept?: string[]
  /** Prisma's own engine writes something else: it knows no renames, and drops what only SQL can say. */
  differs?: boolean
}

const schemas = 'datasource db {\n  provider = "postgresql"\n  schemas  = ["public", "shop"]\n}\n\n'
const partial =
  'generator client {\n  provider = "prisma-client"\n  output = "../made"\n  previewFeatures = ["partialIndexes"]\n}\n\n'
const post = (fields: string) => `model Post {\n  id Int @id\n${fields}\n}`
const user = (fields: string, rest = '') => `model User {\n  id Int @id\n${fields}\n}\n${rest}\n`

/** The kinds of change that a Prisma schema can say, and those that it must leave alone. */
export const corpus: readonly Change[] = [
  {
    name: 'a partial index that is there, another one, and one that goes',
    before:
      partial +
      user('  name String\n  age Int\n  @@index([name], where: { age: 5 })\n  @@unique([age], where: raw("age > 5"))'),
    after:
      partial +
      user(
        '  name String\n  age Int\n  nick String?\n  @@index([name], where: { age: 5 })\n  @@index([nick], where: raw("age > 7"))',
      ),
    differs: true,
  },
  {
    name: 'a partial index by hand that the models say, beside a column that is added',
    before: partial + user('  name String'),
    sql: `CREATE UNIQUE INDEX "part" ON "User"("name") WHERE "name" <> ''`,
    after: partial + user(`  name String @unique(map: "part", where: raw("(name <> ''::text)"))\n  age Int?`),
    differs: true,
  },
  {
    name: 'another condition of a partial index',
    before: partial + user('  name String\n  age Int\n  @@index([name], where: { age: 5 })'),
    after: partial + user('  name String\n  age Int\n  @@index([name], where: { age: 6 })'),
    differs: true,
  },
  {
    name: 'a table added',
    before: user(''),
    after: user('', 'model Post {\n  id Int @id @default(autoincrement())\n  title String\n}'),
  },
  {
    name: 'a table dropped',
    before: user('', 'model Post {\n  id Int @id @default(autoincrement())\n  title String @unique\n}'),
    after: user(''),
  },
  { name: 'a column added', before: user(''), after: user('  name String?') },
  {
    name: 'a required column with a default added',
    before: user(''),
    after: user('  name String @default("x\'y")'),
    rows: 'INSERT INTO "User" VALUES (1)',
  },
  { name: 'a column dropped', before: user('  name String @default("a")'), after: user('') },
  {
    name: 'a column renamed',
    before: user('  name String'),
    after: user('  fullName String'),
    renamed: [{ from: 'User.name', to: 'User.fullName' }],
    rows: `INSERT INTO "User" VALUES (1, 'Ann')`,
    differs: true,
  },
  {
    name: 'a column not renamed',
    before: user('  name String?'),
    after: user('  nick String?'),
    notRenamed: [{ from: 'User.name', to: 'User.nick' }],
  },
  {
    name: 'a table renamed',
    before: user('', 'model Post {\n  id Int @id @default(autoincrement())\n  title String @unique\n}'),
    after: user('', 'model Article {\n  id Int @id @default(autoincrement())\n  title String @unique\n}'),
    renamed: [{ from: 'Post', to: 'Article' }],
    differs: true,
  },
  {
    name: 'a table renamed, with another primary key',
    before: user('  name String'),
    after: 'model Person {\n  id Int\n  name String\n  @@id([id, name])\n}\n',
    renamed: [{ from: 'User', to: 'Person' }],
    differs: true,
  },
  {
    name: 'a table and a column renamed, with a primary key of another type',
    before: user('  name String'),
    after: 'model Person {\n  uid String @id\n  fullName String\n}\n',
    renamed: [
      { from: 'User', to: 'Person' },
      { from: 'User.name', to: 'User.fullName' },
    ],
    differs: true,
  },
  {
    name: 'a primary key with other columns and another name',
    before: user('  name String'),
    after: 'model User {\n  id Int\n  name String\n  @@id([id, name], map: "both")\n}\n',
    differs: true,
  },
  {
    name: 'a table and a column renamed',
    before: user('  name String'),
    after: 'model Person {\n  id Int @id\n  fullName String\n}',
    renamed: [
      { from: 'User', to: 'Person' },
      { from: 'User.name', to: 'User.fullName' },
    ],
    differs: true,
  },
  {
    name: 'a longer varchar',
    before: user('  name String @db.VarChar(10)'),
    after: user('  name String @db.VarChar(200)'),
  },
  {
    name: 'a shorter varchar',
    before: user('  name String @db.VarChar(200)'),
    after: user('  name String @db.VarChar(10)'),
  },
  { name: 'int to bigint', before: user('  n Int'), after: user('  n BigInt') },
  { name: 'text to int, which is dropped and made again', before: user('  n String?'), after: user('  n Int?') },
  { name: 'timestamp precision', before: user('  at DateTime'), after: user('  at DateTime @db.Timestamptz(6)') },
  {
    name: 'decimal precision',
    before: user('  n Decimal @db.Decimal(10, 2)'),
    after: user('  n Decimal @db.Decimal(12, 4)'),
  },
  {
    name: 'an enum added',
    before: user(''),
    after: user('  role Role @default(ADMIN)', 'enum Role {\n  ADMIN\n  USER\n}'),
  },
  {
    name: 'an enum dropped',
    before: user('  role Role @default(ADMIN)', 'enum Role {\n  ADMIN\n  USER\n}'),
    after: user(''),
  },
  {
    name: 'an enum value added',
    before: user('  role Role', 'enum Role {\n  ADMIN\n}'),
    after: user('  role Role', 'enum Role {\n  ADMIN\n  USER\n}'),
  },
  {
    name: 'an enum value removed',
    before: user('  role Role', 'enum Role {\n  ADMIN\n  USER\n}'),
    after: user('  role Role', 'enum Role {\n  ADMIN\n}'),
  },
  {
    name: 'an enum value renamed',
    before: user('  role Role @default(USER)', 'enum Role {\n  ADMIN\n  USER\n}'),
    after: user('  role Role @default(MEMBER)', 'enum Role {\n  ADMIN\n  MEMBER\n}'),
  },
  { name: 'a default added', before: user('  n Int'), after: user('  n Int @default(7)') },
  { name: 'a default changed', before: user('  n Boolean @default(false)'), after: user('  n Boolean @default(true)') },
  { name: 'a default dropped', before: user('  at DateTime @default(now())'), after: user('  at DateTime') },
  {
    name: 'a default of the database',
    before: user(''),
    after: user(
      '  key String @default(dbgenerated("gen_random_uuid()")) @db.Uuid\n  until DateTime @default(dbgenerated("(now() + \'1 day\'::interval)"))',
    ),
  },
  { name: 'nullable made required', before: user('  name String?'), after: user('  name String') },
  { name: 'required made nullable', before: user('  name String'), after: user('  name String?') },
  { name: 'unique added', before: user('  name String'), after: user('  name String @unique') },
  { name: 'unique dropped', before: user('  name String @unique'), after: user('  name String') },
  {
    name: 'a composite unique',
    before: user('  a Int\n  b Int'),
    after: user('  a Int\n  b Int\n  @@unique([a, b], map: "ab")'),
  },
  {
    name: 'a composite index, descending',
    before: user('  a Int\n  b Int'),
    after: user('  a Int\n  b Int\n  @@index([a, b(sort: Desc)])'),
  },
  { name: 'an index dropped', before: user('  a Int\n  @@index([a])'), after: user('  a Int') },
  {
    name: 'an index renamed',
    before: user('  a Int\n  @@index([a])'),
    after: user('  a Int\n  @@index([a], map: "a_of_user")'),
  },
  {
    name: 'a hash, a gin and a brin index',
    before: user('  a Int\n  tags String[]\n  at DateTime'),
    after: user(
      '  a Int\n  tags String[]\n  at DateTime\n  @@index([a], type: Hash)\n  @@index([tags], type: Gin)\n  @@index([at], type: Brin)',
    ),
  },
  {
    name: 'a composite primary key',
    before: 'model Seat {\n  row Int\n  place Int\n  note String?\n  @@id([row])\n}',
    after: 'model Seat {\n  row Int\n  place Int\n  note String?\n  @@id([row, place])\n}',
  },
  ...(['Cascade', 'SetNull', 'Restrict', 'NoAction', 'SetDefault'] as const).map(
    (rule): Change => ({
      name: `a foreign key, ${rule}`,
      before: user(
        '  posts Post[]',
        'model Post {\n  id Int @id\n  userId Int?\n  user User? @relation(fields: [userId], references: [id])\n}',
      ),
      after: user(
        '  posts Post[]',
        `model Post {\n  id Int @id\n  userId Int? @default(1)\n  user User? @relation(fields: [userId], references: [id], onDelete: ${rule}, onUpdate: NoAction)\n}`,
      ),
    }),
  ),
  {
    name: 'a foreign key added',
    before: user('', 'model Post {\n  id Int @id\n  userId Int\n}'),
    after: user(
      '  posts Post[]',
      'model Post {\n  id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n}',
    ),
  },
  {
    name: 'a foreign key dropped',
    before: user(
      '  posts Post[]',
      'model Post {\n  id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n}',
    ),
    after: user('', 'model Post {\n  id Int @id\n  userId Int\n}'),
  },
  {
    name: 'a table that refers to itself',
    before: user(''),
    after: user(
      '  bossId Int?\n  boss User? @relation("Boss", fields: [bossId], references: [id])\n  staff User[] @relation("Boss")',
    ),
  },
  {
    name: 'a join table',
    before: user('', 'model Tag {\n  id Int @id\n}'),
    after: user('  tags Tag[]', 'model Tag {\n  id Int @id\n  users User[]\n}'),
  },
  {
    name: 'a join table dropped',
    before: user('  tags Tag[]', 'model Tag {\n  id Int @id\n  users User[]\n}'),
    after: user('', 'model Tag {\n  id Int @id\n}'),
  },
  { name: 'arrays', before: user(''), after: user('  tags String[] @default(["a", "b"])\n  ns Int[]') },
  {
    name: 'an array of an enum',
    before: user(''),
    after: user('  roles Role[] @default([ADMIN])', 'enum Role {\n  ADMIN\n  USER\n}'),
  },
  { name: 'json and bytes', before: user(''), after: user('  data Json @default("{}")\n  raw Bytes?') },
  { name: 'autoincrement added', before: user('  n Int'), after: user('  n Int @default(autoincrement())') },
  { name: 'autoincrement dropped', before: user('  n Int @default(autoincrement())'), after: user('  n Int') },
  {
    name: 'names that need quotes',
    before: user(''),
    after:
      user('  a String? @map("a \'b\' c")\n  @@map("user table")') +
      'model Select {\n  id Int @id @map("order")\n  @@map("select")\n}\n',
    notRenamed: [{ from: 'User', to: 'user table' }],
  },
  { name: 'a type that Prisma does not know', before: user(''), after: user('  at Unsupported("tstzrange")?') },
  {
    name: 'indexes by hand are kept',
    before: user('  name String\n  age Int?'),
    sql: `CREATE UNIQUE INDEX "part" ON "User"("name") WHERE "age" > 5; CREATE INDEX "expr" ON "User"(lower("name"));
      CREATE INDEX "incl" ON "User"("age") INCLUDE ("name"); CREATE INDEX "nulls" ON "User"("age" DESC NULLS LAST);
      ALTER TABLE "User" ADD CONSTRAINT "later" UNIQUE ("age") DEFERRABLE, ADD CONSTRAINT "checked" CHECK ("age" > 0);
      ALTER TABLE "User" ADD CONSTRAINT "excl" EXCLUDE USING btree ("age" WITH =)`,
    after: user('  name String\n  age Int?\n  more String?'),
    kept: [
      'index expr on User',
      'index incl on User',
      'index later on User',
      'index nulls on User',
      'index part on User',
      'index excl on User',
      'constraint checked on User',
    ],
    differs: true,
  },
  {
    name: 'views, functions and triggers by hand are kept',
    before: user('  name String'),
    sql: `CREATE VIEW "names" AS SELECT "name" FROM "User"; CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER "touched" BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION touch()`,
    after: user('  name String\n  more String?'),
    kept: ['view names', 'function touch', 'trigger touched on User'],
  },
  {
    name: 'a generated column and a partitioned table by hand are kept',
    before: user('  name String'),
    sql: `ALTER TABLE "User" ADD COLUMN "loud" text GENERATED ALWAYS AS (upper("name")) STORED;
      CREATE TABLE "events" ("at" date) PARTITION BY RANGE ("at"); CREATE TABLE "events_1" PARTITION OF "events" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE TYPE "mood" AS ENUM ('good'); CREATE FUNCTION mood_of() RETURNS "mood" LANGUAGE sql AS 'SELECT NULL::"mood"'`,
    after: user('  name String\n  more String?'),
    kept: ['generated column User.loud', 'table events', 'type mood'],
    differs: true,
  },
  {
    name: 'a generated column that the model has',
    before: user('  name String'),
    sql: `ALTER TABLE "User" ADD COLUMN "loud" text GENERATED ALWAYS AS (upper("name")) STORED`,
    after: user('  name String\n  loud String?\n  more String?'),
    kept: ['what User.loud is generated from'],
    differs: true,
  },
  {
    name: 'what goes with a table by hand comes back with it',
    before: user('  name String', 'model Post {\n  id Int @id\n  title String\n}'),
    sql: `CREATE INDEX "part" ON "Post"("title") WHERE "id" > 5; ALTER TABLE "Post" ADD COLUMN "loud" text GENERATED ALWAYS AS (upper("title")) STORED;
      ALTER TABLE "Post" ADD CONSTRAINT "checked" CHECK ("id" > 0)`,
    after: user('  name String'),
  },
  {
    name: 'policies, row security and comments by hand come back with their table',
    before: user('  name String @unique', 'model Post {\n  id Int @id\n}'),
    sql: `ALTER TABLE "User" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY own ON "User" AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (name = current_user) WITH CHECK (id > 0);
      CREATE POLICY "all of them" ON "User";
      COMMENT ON TABLE "User" IS 'who''s in'; COMMENT ON COLUMN "User".name IS 'as on the card';
      COMMENT ON INDEX "User_name_key" IS 'one each'; COMMENT ON CONSTRAINT "User_pkey" ON "User" IS 'the key'; COMMENT ON POLICY own ON "User" IS 'p'`,
    after: 'model Post {\n  id Int @id\n}\n',
  },
  {
    name: 'what stands on a column by hand comes back with it',
    before: user('  name String\n  age Int?'),
    sql: `CREATE INDEX "part" ON "User"(lower("name")) WHERE "id" > 5; ALTER TABLE "User" ADD CONSTRAINT "checked" CHECK ("name" <> '')`,
    after: user('  name Int\n  age Int?'),
  },
  {
    name: 'a foreign key made deferrable by hand',
    before: user('  posts Post[]', post('  userId Int\n  user User @relation(fields: [userId], references: [id])')),
    sql: `ALTER TABLE "Post" ALTER CONSTRAINT "Post_userId_fkey" DEFERRABLE INITIALLY DEFERRED`,
    after: user(
      '  posts Post[]',
      post('  userId Int\n  user User @relation(fields: [userId], references: [id])\n  more String?'),
    ),
  },
  {
    name: 'an identity column, a collation and comments by hand',
    before: user('  n Int\n  name String'),
    sql: `ALTER TABLE "User" ALTER COLUMN "n" ADD GENERATED ALWAYS AS IDENTITY; ALTER TABLE "User" ALTER COLUMN "name" TYPE text COLLATE "C";
      COMMENT ON TABLE "User" IS 'who'; COMMENT ON COLUMN "User"."n" IS 'how many'`,
    after: user('  n Int @default(autoincrement())\n  name String\n  more String?'),
  },
  {
    name: 'a table that inherits by hand is kept',
    before: user('  name String'),
    sql: 'CREATE TABLE "Admin" ("level" int) INHERITS ("User")',
    after: user('  name String\n  more String?'),
    kept: ['table Admin', 'table User'],
    differs: true,
  },
  {
    name: 'a table in another schema',
    before: `${schemas}model User {\n  id Int @id\n  @@schema("public")\n}\n`,
    after: `${schemas}model User {\n  id Int @id\n  role Role?\n  bills Bill[]\n  @@schema("public")\n}
model Bill {\n  id Int @id @default(autoincrement())\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n  @@schema("shop")\n}
enum Role {\n  A\n  @@schema("shop")\n}\n`,
  },
  {
    name: 'a column renamed in another schema',
    before: `${schemas}model Bill {\n  id Int @id\n  sum Int\n  @@schema("shop")\n}\n`,
    after: `${schemas}model Bill {\n  id Int @id\n  total Int\n  @@schema("shop")\n}\n`,
    renamed: [{ from: 'shop.Bill.sum', to: 'shop.Bill.total' }],
    differs: true,
  },
]
