import { expect, test } from 'vitest'
import { ScriptReader, splitScript } from '../../src/sql/split.js'

const sample = String.raw`-- head
create table "a;b" (x text default 'it''s;', y text default E'a\';''b;' -- c;
  /* x /* ; */ ; */);;
select E'a'
  '\';', $$ ; $$, $t$ ; $$ ; $t$, a$b$c from t;
create function f() returns int begin atomic select case when 1=1 then 2 end; select 3 as end; end;
create rule r as on insert to t do also (insert into a values (1); insert into b values (2));
\restrict abc
copy t (a, b) from stdin; -- data
1	\\.
\.x
\N	é😀
\.
select 2 -- tail
`

test('splits a script', () => {
  expect(splitScript(sample)).toMatchInlineSnapshot(`
    [
      {
        "kind": "statement",
        "statement": {
          "column": 1,
          "copyFromStdin": false,
          "line": 2,
          "offset": 8,
          "text": "create table "a;b" (x text default 'it''s;', y text default E'a\\';''b;' -- c;
      /* x /* ; */ ; */)",
        },
      },
      {
        "kind": "statement",
        "statement": {
          "column": 1,
          "copyFromStdin": false,
          "line": 4,
          "offset": 109,
          "text": "select E'a'
      '\\';', $$ ; $$, $t$ ; $$ ; $t$, a$b$c from t",
        },
      },
      {
        "kind": "statement",
        "statement": {
          "column": 1,
          "copyFromStdin": false,
          "line": 6,
          "offset": 169,
          "text": "create function f() returns int begin atomic select case when 1=1 then 2 end; select 3 as end; end",
        },
      },
      {
        "kind": "statement",
        "statement": {
          "column": 1,
          "copyFromStdin": false,
          "line": 7,
          "offset": 269,
          "text": "create rule r as on insert to t do also (insert into a values (1); insert into b values (2))",
        },
      },
      {
        "kind": "statement",
        "statement": {
          "column": 1,
          "copyFromStdin": true,
          "line": 9,
          "offset": 377,
          "text": "copy t (a, b) from stdin",
        },
      },
      {
        "kind": "copy-data",
        "text": "1	\\\\.
    \\.x
    \\N	é😀
    ",
      },
      {
        "kind": "copy-end",
      },
      {
        "kind": "statement",
        "statement": {
          "column": 1,
          "copyFromStdin": false,
          "line": 14,
          "offset": 431,
          "text": "select 2",
        },
      },
    ]
  `)
})

test('each character alone gives the same', () => {
  const reader = new ScriptReader()
  const items = [...sample].flatMap((each) => reader.push(each))
  items.push(...reader.end())
  expect(items.filter((each) => each.kind !== 'copy-data')).toEqual(
    splitScript(sample).filter((each) => each.kind !== 'copy-data'),
  )
})
