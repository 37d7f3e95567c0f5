import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasSecrets, maskSecrets } from '../../src/sql/mask.js'

test.each([
  ["create role a password 'SECRET'", "create role a password '***'"],
  [
    "CREATE USER a WITH LOGIN ENCRYPTED PASSWORD E'SEC\\'RET' VALID UNTIL 'x'",
    "CREATE USER a WITH LOGIN ENCRYPTED PASSWORD '***' VALID UNTIL '***'",
  ],
  ['alter role a password $x$SECRET$x$', "alter role a password '***'"],
  ["alter /* the */ user a password 'SECRET'; select 'shown'", "alter /* the */ user a password '***'; select 'shown'"],
  ["alter role a set app.key = 'SECRET'", "alter role a set app.key = '***'"],
  [
    "create user mapping for a server s options (user 'a', password 'SECRET')",
    "create user mapping for a server s options (user '***', password '***')",
  ],
  [
    "alter user mapping if exists for a server s options (set password 'SECRET')",
    "alter user mapping if exists for a server s options (set password '***')",
  ],
  [
    "create server s foreign data wrapper w options (host 'SECRET')",
    "create server s foreign data wrapper w options (host '***')",
  ],
  ["create foreign data wrapper w options (key 'SECRET')", "create foreign data wrapper w options (key '***')"],
  [
    "create subscription s connection 'host=h password=SECRET' publication p",
    "create subscription s connection '***' publication p",
  ],
  ["alter subscription s connection 'SECRET'", "alter subscription s connection '***'"],
  ["alter system set primary_conninfo = 'SECRET'", "alter system set primary_conninfo = '***'"],
  [
    "select * from dblink('host=h', 'select SECRET') as t (a text) where b = 'shown'",
    "select * from dblink('***', '***') as t (a text) where b = 'shown'",
  ],
  [
    "select public.dblink_connect('c', concat('SECRET', ('SECRET'))), 'shown'",
    "select public.dblink_connect('***', concat('***', ('***'))), 'shown'",
  ],
  [
    "insert into t values ('shown', crypt('SECRET', gen_salt('bf')), 'shown')",
    "insert into t values ('shown', crypt('***', gen_salt('***')), 'shown')",
  ],
  [
    "insert into t values ('postgres://me:SECRET@host/db', 'https://shown')",
    "insert into t values ('***', 'https://shown')",
  ],
  ["select 'host=h password=' || 'SECRET'", "select '***' || '***'"],
  ["select set_config('x', 'user=a Password = SECRET', false)", "select set_config('x', '***', false)"],
  [
    "do $$ begin create role a password 'SECRET'; raise 'shown'; end $$",
    "do $$ begin create role a password '***'; raise 'shown'; end $$",
  ],
  ["do $$ begin execute 'alter role a password ''SECRET'''; end $$", "do $$ begin execute '***'; end $$"],
  [
    "do $$ begin execute format('alter role %I password %L', 'a', 'SECRET'); end $$",
    "do $$ begin execute format('***', '***', '***'); end $$",
  ],
  // text that no parser accepts
  ["CREATE ROLE a WIHT PASSWORD = 'SECRET'", "CREATE ROLE a WIHT PASSWORD = '***'"],
  ["create role a password 'SECRET", "create role a password '***'"],
  ["4 │ WITH LOGIN PASSWORD 'SECRET'", "4 │ WITH LOGIN PASSWORD '***'"],
])('hides %s', (text, expected) => {
  expect(maskSecrets(text)).toBe(expected)
  expect(hasSecrets(text)).toBe(true)
  const same = maskSecrets(text, { sameLength: true })
  expect(same).not.toContain('SECRET')
  expect(same).toHaveLength(text.length)
})

test.each([
  "create table \"user\" (role text default 'x', password text default '')",
  "alter table role add column password text check (password <> 'x')",
  "insert into users (email, password) values ('a@b.c', 'x')",
  "comment on column users.password is 'the hash'",
  "select 'create a user story', 'https://example.com/a:b', 'my password'",
  'create role a nologin',
  'grant select on t to "role"; select \'x\'',
])('leaves %s', (text) => {
  expect(maskSecrets(text)).toBe(text)
  expect(hasSecrets(text)).toBe(false)
})

test('lines stay where they are when the length is kept', () => {
  const text = "create role a password 'SEC\nRET' connection limit 1"
  expect(maskSecrets(text, { sameLength: true })).toBe("create role a password '***\n***' connection limit 1")
})

test('never throws, never shows the password, whatever stands around it', () => {
  const noise = fc.array(
    fc.constantFrom("'", '"', '$$', '$a$', ';', '(', ')', '/*', '*/', '--', '\n', 'create', 'role', 'x', '\\', ' '),
  )
  fc.assert(
    fc.property(noise, (parts) => {
      const text = `${parts.join(' ')}\n`
      expect(maskSecrets(text, { sameLength: true })).toHaveLength(text.length)
      expect(maskSecrets(`create role a password 'SECRET' ${text}`)).not.toContain('SECRET')
    }),
  )
})
