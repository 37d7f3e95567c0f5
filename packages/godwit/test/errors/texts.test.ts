import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Output } from '../../src/cli/output.js'
import { errorDocument, renderError } from '../../src/cli/render/error.js'
import { errorTable } from '../../src/error-table.js'
import { type ErrorCode, type ErrorDetails, GodwitError, isGodwitError } from '../../src/errors.js'
import { samples } from './samples.js'

const codes = Object.keys(errorTable) as ErrorCode[]
const source = join(import.meta.dirname, '../../src')

test('every text, as people read it', async () => {
  const all = codes.map((code) => `exit ${sample(code).exitCode}${rendered(sample(code))}`)
  await expect(all.join(`\n${'─'.repeat(80)}\n`)).toMatchFileSnapshot('__snapshots__/texts.txt')
})

test('a failure with all that can be known of it', async () => {
  const full: ErrorDetails = {
    file: join(process.cwd(), 'migrations/2_b.sql'),
    line: 4,
    column: 30,
    frame: '3 │ -- keep\n4 │ UPDATE users SET full_name = nme;\n  │                              ^',
    statement: 'UPDATE users SET full_name = nme',
    server: {
      code: '42703',
      message: 'column "nme" does not exist',
      detail: 'a detail',
      hint: 'Perhaps you meant "name".',
    },
    state: ['2_b was undone, nothing of it is left.'],
    left: 'nothing',
  }
  const long = Array.from({ length: 12 }, (_, i) => `line ${i} ${'x'.repeat(i === 1 ? 300 : 1)}`).join('\n')
  const { frame: _, ...noFrame } = full
  const shown = [
    full,
    { ...noFrame, statement: long, server: { code: '23505', message: 'duplicate key value' } },
    { ...noFrame, hint: 'Another hint, which this case knows better.' },
    // What a function sent is shown with its call, unless it stands in there.
    { ...full, file: join(process.cwd(), 'migrations/2_b.ts'), frame: '4 │ await update(runner)\n  │       ^' },
    {
      ...full,
      file: join(process.cwd(), 'migrations/2_b.ts'),
      frame: '4 │ await query(`\n  │       ^',
      statement: '\n  UPDATE users\n  SET full_name = nme\n',
    },
    {
      ...full,
      file: join(process.cwd(), 'migrations/2_b.ts'),
      frame: `4 │ await query('${full.statement}')\n  │       ^`,
    },
  ].map((details) => rendered(new GodwitError('GODWIT_STATEMENT_FAILED', samples.GODWIT_STATEMENT_FAILED, details)))
  await expect(shown.join(`\n${'─'.repeat(80)}\n`)).toMatchFileSnapshot('__snapshots__/failure.txt')
})

test.each(codes)('%s is thrown somewhere, and says what to do', (code) => {
  expect(sourceText()).toMatch(new RegExp(`['"]${code}['"]`))
  const error = sample(code)
  expect(error.hint.trim()).not.toBe('')
  expect(error.message.trim()).not.toBe('')
  expect([1, 2, 3, 4, 5, 6, 7, 8, 130, 143]).toContain(error.exitCode)
  expect(`${error.message} ${error.hint}`).not.toMatch(/undefined|\[object|NaN|null/)
  const document = errorDocument(error)
  expect(JSON.parse(JSON.stringify(document))).toEqual({ code, message: error.message, hint: error.hint })
})

test('nothing but the table gives codes: each one that the source throws stands in it', () => {
  const thrown = new Set(sourceText().match(/\bGODWIT_[A-Z]+(?:_[A-Z]+)*\b/g))
  const others = [...thrown].filter((code) => !codes.includes(code as ErrorCode))
  // What else is called so: variables of the environment, and codes written with a joker in comments.
  expect(others.filter((name) => !/DATABASE_URL$|BUILD_VERSION$|_BIN$/.test(name) && !isPrefix(name))).toEqual([])
})

test('an error is known by its name and code, also across two copies of the package', () => {
  expect(isGodwitError(sample('GODWIT_EDITED'))).toBe(true)
  expect(isGodwitError(Object.assign(new Error('x'), { name: 'GodwitError', code: 'GODWIT_X', exitCode: 2 }))).toBe(
    true,
  )
  expect(isGodwitError(new Error('x'))).toBe(false)
  expect(isGodwitError({ name: 'GodwitError', code: 'GODWIT_X', exitCode: 2 })).toBe(false)
  const cause = new Error('why')
  expect(new GodwitError('GODWIT_EDITED', { names: [] }, { cause }).cause).toBe(cause)
})

function sample(code: ErrorCode): GodwitError {
  const error = new GodwitError(code, samples[code] as never)
  error.stack = 'GodwitError: …\n    at the place where it was thrown'
  return error
}

function rendered(error: GodwitError): string {
  const lines: string[] = []
  class Recording extends Output {
    override tell(text: string): void {
      lines.push(text)
    }
  }
  renderError(new Recording({ color: false }), error)
  return `${lines.join('\n')}\n`
}

let text: string | undefined

function sourceText(): string {
  text ??= readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('error-table'))
    .map((name) => readFileSync(join(source, name), 'utf8'))
    .join('\n')
  return text
}

function isPrefix(name: string): boolean {
  return codes.some((code) => code.startsWith(`${name}_`))
}
