import { beforeAll, expect, test } from 'vitest'
import { classify, loadParser } from '../../src/sql/classify.js'
import { ScriptFactsBuilder, scriptFacts, scriptHeader } from '../../src/sql/script.js'

beforeAll(loadParser)

const facts = (...statements: string[]) => scriptFacts(statements.map(classify))
const add = "alter type e add value 'x'"
const concurrently = 'create index concurrently i on t (a)'

test.each([
  ['nothing', [], 'one'],
  ['plain statements', ['create table t ()', 'drop table t'], 'one'],
  ['savepoints alone', ['savepoint a', 'select 1', 'rollback to a', 'release a'], 'one'],
  ['a last enum value', ['select 1', add], 'one'],
  ['an enum value with something behind it', [add, 'select 1'], 'one, else split'],
  ['an enum value and a concurrent index', [add, concurrently], 'none'],
  ['a vacuum', ['select 1', 'vacuum'], 'none'],
  ['COMMIT PREPARED', ["commit prepared 'x'"], 'none'],
  ['own BEGIN and COMMIT', ['begin', 'select 1', 'commit'], 'own'],
  ['a lonely COMMIT', ['select 1', 'commit'], 'own'],
  ['ABORT', ['begin', 'abort'], 'own'],
  ['a two-phase commit', ['begin', "prepare transaction 'x'"], 'own'],
  ['own transactions around an enum value', ['begin', add, 'commit', 'select 1'], 'own'],
  ['own transactions and a concurrent index outside', ['begin', 'commit', concurrently], 'own'],
])('%s', (_, statements, transaction) => {
  expect(facts(...statements)).toMatchObject({ transaction, statements: statements.length })
})

test('says what decided', () => {
  expect(facts('select 1', concurrently, 'vacuum').because).toEqual({ index: 1, tag: 'CREATE INDEX' })
  expect(facts('select 1', add, add, 'select 1')).toMatchObject({
    because: { index: 1, tag: 'ALTER TYPE' },
    splitAfter: [1, 2],
  })
  expect(facts('vacuum', 'begin', 'commit').because).toEqual({ index: 1, tag: 'BEGIN' })
  expect(facts('select 1').because).toBeUndefined()
})

test.each([
  ['inside', ['begin', 'vacuum', 'commit'], { index: 1, tag: 'VACUUM' }],
  ['behind a COMMIT AND CHAIN', ['begin', 'commit and chain', 'vacuum'], { index: 2, tag: 'VACUUM' }],
  [
    'behind a rollback to a savepoint',
    ['begin', 'savepoint a', 'rollback to a', 'vacuum'],
    { index: 3, tag: 'VACUUM' },
  ],
  ['behind the COMMIT', ['begin', 'commit', 'vacuum'], undefined],
  ['behind PREPARE TRANSACTION', ['begin', "prepare transaction 'x'", "commit prepared 'x'"], undefined],
])('what the own transaction forbids: %s', (_, statements, impossible) => {
  expect(facts(...statements).impossible).toEqual(impossible)
})

test('gathers what the session keeps, one by one', () => {
  const builder = new ScriptFactsBuilder().add(classify('create table t ()'))
  expect(builder.facts()).toMatchObject({ leavesSession: false, blocksResume: false, statements: 1 })
  expect(builder.add(classify('set work_mem = 1')).facts()).toMatchObject({ leavesSession: true, blocksResume: false })
  expect(builder.add(classify('create temp table s ()')).facts()).toMatchObject({ blocksResume: true, statements: 3 })
})

test.each([
  ['-- godwit: transaction=none\nselect 1', { transaction: 'none', unknown: [] }],
  ['\ufeff\r\n-- made by hand\r\n--godwit: transaction = one  \r\n', { transaction: 'one', unknown: [] }],
  ['select 1;\n-- godwit: transaction=none', { unknown: [] }],
  ['/* -- godwit: transaction=none */', { unknown: [] }],
  ['-- about godwit: transaction=none', { unknown: [] }],
  ['\n-- godwit: transaction=never', { unknown: [{ line: 2, text: '-- godwit: transaction=never' }] }],
  ['-- godwit: transactoin=none', { unknown: [{ line: 1, text: '-- godwit: transactoin=none' }] }],
])('the header of %j', (script, expected) => {
  expect(scriptHeader(script)).toEqual(expected)
})
