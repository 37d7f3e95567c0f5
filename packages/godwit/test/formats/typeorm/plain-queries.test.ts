import { expect, test } from 'vitest'
import { plainQueries } from '../../../src/formats/typeorm/plain-queries.js'

type Migrate = (...given: never[]) => unknown

/** A function that a text makes, as that of a compiled file. */
function made(text: string): Migrate {
  return new Function(`return ${text}`)() as Migrate
}

function method(body: string, parameters = 'runner'): Migrate {
  return (made(`({ async up(${parameters}) { ${body}\n } })`) as unknown as { up: Migrate }).up
}

test.each([
  ['a method', method("await runner.query('a'); await runner.query(`b\n c`)"), ['a', 'b\n c']],
  ['without semicolons', method('await runner.query("a")\nawait runner.query("b")\n'), ['a', 'b']],
  ['a function with a name', made("async function up(q) { await q.query('a') }"), ['a']],
  ['a function without one', made("async function (q) { await q.query('a') }"), ['a']],
  ['an arrow', made("async (q) => { await q.query('a') }"), ['a']],
  ['comments, and a comma at the end', method("// one\nawait runner.query('a',) /* two */;\n// three"), ['a']],
  [
    'escapes',
    method("await runner.query('it\\'s \\\\ \\n \\$'); await runner.query(`\\`x\\` \\$`)"),
    ["it's \\ \n $", '`x` $'],
  ],
  [
    'lines that end with a carriage return',
    method("await runner.query('a') // x\rawait runner.query('b')\r"),
    ['a', 'b'],
  ],
  ['a line break of Windows in a template', method('await runner.query(`a\r\nb`)'), ['a\nb']],
])('%s: the queries are what it sends', async (_what, migrate, expected) => {
  expect(plainQueries(migrate)).toEqual(expected)
  const sent: unknown[] = []
  await (migrate as (runner: unknown) => Promise<void>)({ query: async (text: unknown) => sent.push(text) })
  expect(sent).toEqual(expected)
})

test.each([
  ['nothing', method('')],
  ['something that is not awaited', method("runner.query('a')")],
  ['something else in between', method("await runner.query('a'); console.log(1)")],
  ['something else first', method("console.log(1); await runner.query('a')")],
  ['a parameter', method("await runner.query('a', [1])")],
  ['a text that is put together', method("await runner.query('a' + 'b')")],
  ['a template with something in it', method(`await runner.query(\`a ${'$'}{1}\`)`)],
  ['a tagged template', method('await runner.query(String.raw`a`)')],
  ['a variable', method('const a = 1; await runner.query(a)')],
  ['what is done with the answer', method("(await runner.query('a')).length")],
  ['what is done with the promise', method("await runner.query('a').then(() => {})")],
  ['what is done with the promise, on a line of its own', method("await runner.query('a')\n.then(() => {})")],
  ['an operator', method("await runner.query('a') || 1")],
  ['a comma', method("await runner.query('a'), await runner.query('b')")],
  ['a return', method("return await runner.query('a')")],
  ['a comment that a carriage return ends', method("await runner.query('a') // x\r await runner.query('b')\n+ 1")],
  [
    'a comment that a line separator ends',
    method("await runner.query('a') // x\u2028 await runner.query('b')\nawait runner.query('c')"),
  ],
  ['a comment that a paragraph separator ends', method("// x\u2029 throw 1\n await runner.query('c')")],
  ['a comment in brackets that a carriage return ends', method("await runner.query('a'// z\r+'b'\n)")],
  ['a loop', method("for (const a of [1]) await runner.query('a')")],
  ['a try', method("try { await runner.query('a') } catch {}")],
  ['a directive ahead of a call that is not awaited', method("'await'\nrunner.query('a')")],
  ['another method', method("await runner.manager.query('a')")],
  ['another object', method("await this.query('a')")],
  ['a query in brackets', method("await runner['query']('a')")],
  ['an optional call', method("await runner?.query('a')")],
  ['a default', method("await runner.query('a')", 'runner = {}')],
  ['two parameters', method("await runner.query('a')", 'runner, more')],
  ['a pattern', method("await runner.query('a')", '{ runner }')],
  ['a generator', made("async function* up(q) { await q.query('a') }")],
  ['an expression', made("async (q) => await q.query('a')")],
  ['no async function', made("function up(q) { return q.query('a') }")],
  ['a bound one', method("await runner.query('a')").bind(null)],
  ['a computed name', (made("({ async ['up'](q) { await q.query('a') } })") as unknown as { up: Migrate }).up],
  ['an escape of a kind that is rare', method(String.raw`await runner.query('\u0041')`)],
  ['an escape at the end of a line', method("await runner.query('a\\\nb')")],
])('%s: not told', (_what, migrate) => {
  expect(plainQueries(migrate)).toBeUndefined()
})
