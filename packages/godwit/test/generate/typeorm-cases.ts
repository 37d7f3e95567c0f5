/** A change of entities, and what is to come of it. */
export interface Change {
  name: string
  before: string
  after: string
  /** What the generated up has in it. */
  up?: RegExp
  /** What it must not have in it. */
  upNot?: RegExp
  rename?: string[]
  noRename?: string[]
  recreate?: string[]
}

const user = (body: string, entity = '') =>
  `@Entity(${entity}) export class User { @PrimaryGeneratedColumn() id!: number\n ${body} }`

const indexedView = (id: string) =>
  ` @ViewEntity({ materialized: true, expression: 'SELECT ${id} AS "number", "a" FROM "user"' }) export class Numbers { @Index() @ViewColumn() number!: number; @ViewColumn() a!: string }`
const generatedColumn = (table: string, name: string, expression: string) =>
  user(
    `@Column() name!: string; @Column('text', { generatedType: 'STORED', asExpression: '${expression}', nullable: true }) ${name}!: string`,
    `'${table}'`,
  )
const sameNames = (options: string) =>
  ['app', 'other']
    .map(
      (
        schema,
      ) => `@Entity({ schema: '${schema}', name: 'team' }) export class Team_${schema} { @PrimaryGeneratedColumn() id!: number }
@Entity({ schema: '${schema}', name: 'member' }) export class Member_${schema} { @PrimaryGeneratedColumn() id!: number
  @ManyToOne(() => Team_${schema}${options}) team!: Team_${schema} }`,
    )
    .join('\n')

/** Every kind of change of a schema that entities can say. */
export const changes: readonly Change[] = [
  {
    name: 'a table is added',
    before: user(''),
    after: `${user('')} @Entity() export class Post { @PrimaryColumn() id!: number }`,
    up: /CREATE TABLE "post"/,
  },
  {
    name: 'a column is added',
    before: user(''),
    after: user('@Column() email!: string'),
    up: /ADD "email" character varying NOT NULL/,
  },
  { name: 'a column is dropped', before: user('@Column() email!: string'), after: user(''), up: /DROP COLUMN "email"/ },
  {
    name: 'a column is renamed',
    before: user('@Column() name!: string'),
    after: user('@Column() fullName!: string'),
    rename: ['user.name:user.fullName'],
    up: /RENAME COLUMN "name" TO "fullName"/,
    upNot: /DROP COLUMN/,
  },
  {
    name: 'a column is renamed with its index and its unique key',
    before: user('@Index() @Column() name!: string; @Column({ unique: true }) mail!: string'),
    after: user('@Index() @Column() fullName!: string; @Column({ unique: true }) email!: string'),
    rename: ['user.name:fullName', 'user.mail:email'],
    up: /RENAME TO "IDX_/,
    upNot: /DROP/,
  },
  {
    name: 'a column goes and another comes',
    before: user('@Column() name!: string'),
    after: user('@Column() city!: string'),
    noRename: ['user.name:user.city'],
    up: /DROP COLUMN "name"[\s\S]*ADD "city"/,
  },
  {
    name: 'a table is renamed',
    before: user('@Column() name!: string', "'users'"),
    after: user('@Column() name!: string', "'people'"),
    rename: ['users:people'],
    up: /ALTER TABLE "users" RENAME TO "people"/,
    upNot: /CREATE TABLE/,
  },
  {
    name: 'a length grows',
    before: user('@Column({ length: 10 }) a!: string'),
    after: user('@Column({ length: 20 }) a!: string'),
    up: /ALTER COLUMN "a" TYPE character varying\(20\)/,
    upNot: /DROP/,
  },
  {
    name: 'a length with a default and an index changes',
    before: user("@Index() @Column({ length: 10, default: 'x' }) a!: string"),
    after: user("@Index() @Column({ length: 20, default: 'x' }) a!: string"),
    up: /TYPE character varying\(20\)/,
    upNot: /DROP/,
  },
  {
    name: 'an integer becomes a bigint',
    before: user('@Column() a!: number'),
    after: user("@Column('bigint') a!: string"),
    up: /ALTER COLUMN "a" TYPE bigint/,
    upNot: /DROP|USING/,
  },
  {
    name: 'a text becomes an integer',
    before: user("@Column('text', { default: '1' }) a!: string"),
    after: user('@Column({ default: 2 }) a!: number'),
    up: /TYPE integer USING "a"::integer[\s\S]*SET DEFAULT '2'/,
    upNot: /DROP COLUMN/,
  },
  {
    name: 'an integer becomes a text',
    before: user('@Column() a!: number'),
    after: user("@Column('text') a!: string"),
    up: /TYPE text/,
    upNot: /DROP/,
  },
  {
    name: 'a type to which no cast leads',
    before: user("@Column('boolean') a!: boolean"),
    after: user("@Column('timestamptz', { nullable: true }) a!: Date"),
    up: /DROP COLUMN "a"[\s\S]*ADD "a"/,
  },
  {
    name: 'a type that is to be made anew',
    before: user('@Column({ nullable: true }) a!: number'),
    after: user("@Column('bigint', { nullable: true }) a!: string"),
    recreate: ['user.a'],
    up: /DROP COLUMN "a"/,
  },
  {
    name: 'a serial key becomes a bigint',
    before: user(''),
    after: `@Entity() export class User { @PrimaryGeneratedColumn({ type: 'bigint' }) id!: string }`,
    up: /TYPE bigint[\s\S]*ALTER SEQUENCE "user_id_seq" AS bigint/,
    upNot: /DROP/,
  },
  {
    name: 'a numeric gets another precision',
    before: user("@Column('numeric', { precision: 8, scale: 2 }) a!: string"),
    after: user("@Column('numeric', { precision: 10, scale: 3 }) a!: string"),
    up: /TYPE numeric\(10,3\)/,
  },
  {
    name: 'a timestamp gets a precision',
    before: user("@Column('timestamp') a!: Date"),
    after: user("@Column('timestamp', { precision: 3 }) a!: Date"),
    up: /TYPE TIMESTAMP\(3\)/,
  },
  {
    name: 'a default is added',
    before: user('@Column() a!: string'),
    after: user("@Column({ default: 'it''s' }) a!: string".replace("it''s", 'x')),
    up: /SET DEFAULT 'x'/,
  },
  {
    name: 'a default is changed',
    before: user('@Column({ default: 1 }) a!: number'),
    after: user('@Column({ default: 2 }) a!: number'),
    up: /SET DEFAULT '2'/,
  },
  {
    name: 'a default is dropped',
    before: user('@Column({ default: true }) a!: boolean'),
    after: user('@Column() a!: boolean'),
    up: /DROP DEFAULT/,
  },
  {
    name: 'a column may be empty',
    before: user('@Column() a!: string'),
    after: user('@Column({ nullable: true }) a!: string'),
    up: /DROP NOT NULL/,
  },
  {
    name: 'a column must not be empty',
    before: user('@Column({ nullable: true }) a!: string'),
    after: user('@Column() a!: string'),
    up: /SET NOT NULL/,
  },
  {
    name: 'an enum gets a value',
    before: user("@Column({ type: 'enum', enum: ['a', 'b'] }) e!: string"),
    after: user("@Column({ type: 'enum', enum: ['a', 'b', 'c'] }) e!: string"),
    up: /ADD VALUE 'c'|TYPE/,
  },
  {
    name: 'an enum loses a value',
    before: user("@Column({ type: 'enum', enum: ['a', 'b', 'c'], default: 'a' }) e!: string"),
    after: user("@Column({ type: 'enum', enum: ['a', 'b'], default: 'a' }) e!: string"),
    up: /USING "e"::"text"::/,
  },
  {
    name: 'an enum of an array',
    before: user("@Column({ type: 'enum', enum: ['a', 'b'], array: true, default: ['a'] }) e!: string[]"),
    after: user("@Column({ type: 'enum', enum: ['a', 'b', 'c'], array: true, default: ['a'] }) e!: string[]"),
    up: /"c"|'c'/,
  },
  {
    name: 'a text becomes an enum',
    before: user("@Column({ default: 'a' }) e!: string"),
    after: user("@Column({ type: 'enum', enum: ['a', 'b'], default: 'b' }) e!: string"),
    up: /CREATE TYPE[\s\S]*USING "e"::text::/,
    upNot: /DROP COLUMN/,
  },
  {
    name: 'an enum becomes a text',
    before: user("@Column({ type: 'enum', enum: ['a', 'b'] }) e!: string"),
    after: user('@Column() e!: string'),
    up: /TYPE character varying USING[\s\S]*DROP TYPE/,
    upNot: /DROP COLUMN/,
  },
  {
    name: 'a column becomes unique',
    before: user('@Column() a!: string'),
    after: user('@Column({ unique: true }) a!: string'),
    up: /ADD CONSTRAINT "UQ_/,
  },
  {
    name: 'a column is unique no more',
    before: user('@Column({ unique: true }) a!: string'),
    after: user('@Column() a!: string'),
    up: /DROP CONSTRAINT "UQ_/,
  },
  {
    name: 'a unique key of two columns',
    before: user('@Column() a!: string; @Column() b!: string'),
    after: `@Unique(['a', 'b']) ${user('@Column() a!: string; @Column() b!: string')}`,
    up: /UNIQUE \("a", "b"\)/,
  },
  {
    name: 'an index of two columns',
    before: user('@Column() a!: string; @Column() b!: string'),
    after: `@Index(['a', 'b']) ${user('@Column() a!: string; @Column() b!: string')}`,
    up: /CREATE INDEX "IDX_/,
  },
  {
    name: 'a partial index',
    before: user('@Column() a!: string'),
    after: `@Index(['a'], { unique: true, where: '"a" > \\'x\\'' }) ${user('@Column() a!: string')}`,
    up: /WHERE "a" > 'x'/,
  },
  {
    name: 'a partial index with another condition',
    before: `@Index(['a'], { where: "a > 'x'" }) ${user('@Column() a!: string')}`,
    after: `@Index(['a'], { where: "a > 'y'" }) ${user('@Column() a!: string')}`,
    up: /DROP INDEX[\s\S]*CREATE INDEX/,
  },
  {
    name: 'an index goes',
    before: user('@Index() @Column() a!: string'),
    after: user('@Column() a!: string'),
    up: /DROP INDEX/,
  },
  {
    name: 'a check',
    before: user('@Column() a!: number'),
    after: `@Check('"a" > 0') ${user('@Column() a!: number')}`,
    up: /CHECK \("a" > 0\)/,
  },
  {
    name: 'an exclusion',
    before: user("@Column('int4range') a!: string"),
    after: `@Exclusion('USING gist ("a" WITH &&)') ${user("@Column('int4range') a!: string")}`,
    up: /EXCLUDE USING gist/,
  },
  {
    name: 'a composite key',
    before: `@Entity() export class A { @PrimaryColumn() x!: number; @Column() y!: number }`,
    after: `@Entity() export class A { @PrimaryColumn() x!: number; @PrimaryColumn() y!: number }`,
    up: /PRIMARY KEY \("x", "y"\)/,
  },
  ...(['CASCADE', 'SET NULL', 'RESTRICT', 'NO ACTION'] as const).map((rule) => ({
    name: `a foreign key with ${rule}`,
    before: `${user('')} @Entity() export class Post { @PrimaryColumn() id!: number }`,
    after: `${user('')} @Entity() export class Post { @PrimaryColumn() id!: number; @ManyToOne(() => User, { nullable: true, onDelete: '${rule}' }) author!: User }`,
    up: new RegExp(`ON DELETE ${rule}`),
  })),
  {
    name: 'a foreign key gets another rule',
    before: `${user('')} @Entity() export class Post { @PrimaryColumn() id!: number; @ManyToOne(() => User, { onDelete: 'CASCADE' }) author!: User }`,
    after: `${user('')} @Entity() export class Post { @PrimaryColumn() id!: number; @ManyToOne(() => User, { onDelete: 'RESTRICT' }) author!: User }`,
    up: /DROP CONSTRAINT[\s\S]*ON DELETE RESTRICT/,
  },
  {
    name: 'a join table',
    before: `${user('')} @Entity() export class Tag { @PrimaryColumn() id!: number }`,
    after: `${user('@ManyToMany(() => Tag) @JoinTable() tags!: Tag[]')} @Entity() export class Tag { @PrimaryColumn() id!: number }`,
    up: /CREATE TABLE "user_tags_tag"/,
  },
  {
    name: 'inheritance in one table',
    before: `@Entity() @TableInheritance({ column: { type: 'varchar', name: 'type' } }) export class Base { @PrimaryColumn() id!: number }`,
    after: `@Entity() @TableInheritance({ column: { type: 'varchar', name: 'type' } }) export class Base { @PrimaryColumn() id!: number } @ChildEntity() export class Child extends Base { @Column({ nullable: true }) more!: string }`,
    up: /ADD "more"/,
  },
  {
    name: 'an identity column',
    before: user(''),
    after: user("@Column({ generated: 'identity', generatedIdentity: 'ALWAYS', type: 'int' }) n!: number"),
    up: /GENERATED ALWAYS AS IDENTITY/,
  },
  {
    name: 'a uuid key',
    before: user(''),
    after: `${user('')} @Entity() export class Key { @PrimaryGeneratedColumn('uuid') id!: string }`,
    up: /uuid_generate_v4\(\)/,
  },
  {
    name: 'an array',
    before: user(''),
    after: user("@Column('text', { array: true, default: '{}' }) a!: string[]"),
    up: /text array/i,
  },
  {
    name: 'a jsonb column with a default',
    before: user(''),
    after: user(
      "@Column('jsonb', { default: {} }) a!: object; @Column('jsonb', { default: () => `'[]'::jsonb` }) b!: object",
    ),
    up: /jsonb NOT NULL DEFAULT/,
  },
  {
    name: 'a generated column',
    before: user('@Column() a!: number'),
    after: user(
      "@Column() a!: number; @Column({ generatedType: 'STORED', asExpression: 'a * 2', nullable: true }) twice!: number",
    ),
    up: /GENERATED ALWAYS AS \(a \* 2\) STORED/,
  },
  {
    name: 'a generated column with another expression',
    before: user(
      "@Column() a!: number; @Column({ generatedType: 'STORED', asExpression: 'a * 2', nullable: true }) twice!: number",
    ),
    after: user(
      "@Column() a!: number; @Column({ generatedType: 'STORED', asExpression: 'a * 3', nullable: true }) twice!: number",
    ),
    up: /a \* 3/,
  },
  {
    name: 'a comment of a column',
    before: user('@Column() a!: string'),
    after: user("@Column({ comment: 'it is' }) a!: string"),
    up: /COMMENT ON COLUMN/,
  },
  { name: 'a comment of a table', before: user(''), after: user('', "{ comment: 'people' }"), up: /COMMENT ON TABLE/ },
  {
    name: 'a materialized view with an index',
    before: user('@Column() a!: string') + indexedView('"id"'),
    after: user('@Column() a!: string') + indexedView('"id" + 1'),
    up: /\+ 1 AS/,
  },
  {
    name: 'a table and a generated column renamed',
    before: generatedColumn('users', 'loud', 'upper(name)'),
    after: generatedColumn('people', 'quiet', 'lower(name)'),
    rename: ['users:people', 'people.loud:people.quiet'],
    up: /RENAME TO "people"/,
  },
  {
    name: 'a rule, where schemas share names',
    before: sameNames(''),
    after: sameNames(", { onDelete: 'SET NULL' }"),
    up: /ON DELETE SET NULL/,
  },
  {
    name: 'a table in a schema',
    before: user('', "{ schema: 'app' }"),
    after: user('@Index() @Column({ default: 1 }) a!: number', "{ schema: 'app' }"),
    up: /ALTER TABLE "app"\."user" ADD "a"/,
  },
  {
    name: 'a view',
    before: user('@Column() a!: string'),
    after: `${user('@Column() a!: string')} @ViewEntity({ expression: 'SELECT "id", "a" FROM "user"' }) export class Names { @ViewColumn() id!: number; @ViewColumn() a!: string }`,
    up: /CREATE VIEW "names"/,
  },
  {
    name: 'a view with another expression',
    before: `${user('@Column() a!: string')} @ViewEntity({ expression: 'SELECT "id", "a" FROM "user"' }) export class Names { @ViewColumn() id!: number }`,
    after: `${user('@Column() a!: string')} @ViewEntity({ expression: 'SELECT "id" FROM "user"' }) export class Names { @ViewColumn() id!: number }`,
    up: /DROP VIEW[\s\S]*CREATE VIEW/,
  },
]

/** Entities for which TypeORM finds a change each time it looks. */
export const loops: readonly { name: string; entities: string }[] = [
  {
    name: 'defaults that the server writes in another way',
    entities: user(
      "@Column('boolean', { default: 'false' }) a!: boolean; @Column('numeric', { default: 1.50 }) b!: string; @Column('timestamptz', { default: () => 'CURRENT_TIMESTAMP' }) c!: Date; @Column('text', { default: () => `lower('X')` }) d!: string; @Column('int', { default: '7' }) e!: number; @Column('timestamp', { default: () => `(now() at time zone 'utc')` }) f!: Date",
    ),
  },
  {
    name: 'enum arrays',
    entities: user(
      "@Column({ type: 'enum', enum: ['a', 'b'], array: true, default: ['a', 'b'] }) a!: string[]; @Column({ type: 'enum', enum: ['a', 'b'], array: true, default: [] }) b!: string[]; @Column({ type: 'enum', enum: ['x'], enumName: 'Shared', array: true, nullable: true }) c!: string[]",
    ),
  },
  {
    name: 'generated columns',
    entities: user(
      "@Column() a!: string; @Column({ generatedType: 'STORED', asExpression: `a || 'x'`, nullable: true }) b!: string",
    ),
  },
  {
    name: 'index names',
    entities: `@Index('Mixed_Name', ['a']) @Index(['b', 'a']) ${user('@Index({ unique: true }) @Column() a!: string; @Column() b!: string')}`,
  },
  {
    name: 'timestamps with a precision',
    entities: user(
      "@CreateDateColumn({ precision: 3 }) a!: Date; @UpdateDateColumn({ type: 'timestamptz', precision: 6 }) b!: Date; @Column('time', { precision: 0 }) c!: string; @Column('timestamp', { precision: null, default: () => 'CURRENT_TIMESTAMP(3)' }) d!: Date",
    ),
  },
  {
    name: 'composite keys and their foreign keys',
    entities: `@Entity() export class A { @PrimaryColumn() x!: number; @PrimaryColumn({ length: 10 }) y!: string } @Entity() export class B { @PrimaryColumn() id!: number; @ManyToOne(() => A) @JoinColumn([{ name: 'ax', referencedColumnName: 'x' }, { name: 'ay', referencedColumnName: 'y' }]) a!: A }`,
  },
  {
    name: 'tables in schemas',
    entities: `@Entity({ schema: 'app' }) export class A { @PrimaryGeneratedColumn() id!: number; @Column({ type: 'enum', enum: ['a'], default: 'a' }) e!: string } @Entity({ schema: 'other', name: 'a' }) export class B { @PrimaryGeneratedColumn('uuid') id!: string; @ManyToOne(() => A) a!: A }`,
  },
  {
    name: 'arrays, json and simple types',
    entities: user(
      "@Column('int', { array: true, default: [1, 2] }) a!: number[]; @Column('jsonb', { default: { a: [1] } }) b!: object; @Column('simple-array') c!: string[]; @Column('simple-json', { nullable: true }) d!: object; @Column('varchar', { array: true, length: 5, default: '{}' }) e!: string[]; @Column('bytea', { nullable: true }) f!: Buffer; @Column('interval', { default: '1 day' }) g!: string; @Column('inet', { nullable: true }) h!: string; @Column('decimal', { precision: 5, nullable: true }) i!: string; @Column('char', { length: 3, default: 'abc' }) j!: string; @Column('bigint', { default: 0 }) k!: string; @Column('real', { default: 0.1 }) l!: number; @Column('uuid', { default: () => 'gen_random_uuid()' }) m!: string",
    ),
  },
  {
    name: 'checks',
    entities: `@Check('"a" IN (1,2)') @Check('named', "b like 'x%'") ${user('@Column() a!: number; @Column() b!: string')}`,
  },
]
