import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { OLDEST_MAJOR } from '../../src/lint/options.js'
import { rules } from '../../src/lint/table.js'
import { lintSql, migrationOf } from './lint-sql.js'
import { squawkCorpus } from './squawk-corpus.js'

interface Difference {
  side: 'Squawk' | 'Godwit'
  rules: string[]
  /** Scripts that it is about. */
  matches: string
  when: string
  why: string
}

/** One finding that only one of the two has. */
interface Lone {
  side: Difference['side']
  code: string
  line: number
  sql: string
}

const differences = JSON.parse(
  readFileSync(new URL('squawk-differences.json', import.meta.url), 'utf8'),
) as Difference[]
const optIn = ['require-table-schema', 'prefer-repack'].flatMap((rule) => ['--include', rule])
const ofSquawk = new Set(rules.filter(({ from }) => from.includes('Squawk')).map(({ code }) => code))

/** Squawk's binary, from the npm package that holds it; there is one for Linux alone among our dependencies. */
const binary =
  process.platform === 'linux' && process.arch === 'x64'
    ? join(dirname(createRequire(import.meta.url).resolve('@squawk-cli/linux-x64/package.json')), 'bin/squawk')
    : undefined

async function squawk(sql: string, major: number): Promise<{ line: number; code: string }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-squawk-'))
  try {
    const file = join(folder, '1.sql')
    writeFileSync(file, sql)
    // A migration tool that runs a file in one transaction is to say so.
    const { transaction } = await migrationOf(sql)
    const assumed = transaction === 'one' ? ['--assume-in-transaction'] : []
    const flags = ['--reporter', 'json', '--pg-version', `${major}.0`, ...optIn, ...assumed]
    const { stdout } = spawnSync(binary as string, [...flags, file], { encoding: 'utf8' })
    const found = JSON.parse(stdout) as { line: number; rule_name: string }[]
    return found.map(({ line, rule_name }) => ({ line: line + 1, code: rule_name }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const scripts: readonly (readonly [number, string])[] = [
  ...squawkCorpus.map((each) => (typeof each === 'string' ? ([OLDEST_MAJOR, each] as const) : each)),
  ...rules
    .filter(({ code }) => code !== 'not-parsed')
    .flatMap(({ examples }) => (examples === undefined ? [] : [examples.finds, examples.passes]))
    .map((sql) => [OLDEST_MAJOR, sql] as const),
]

describe.skipIf(binary === undefined)('beside Squawk', () => {
  const lone: Lone[] = []
  const seen = new Set<string>()

  beforeAll(async () => {
    for (const [major, sql] of scripts) {
      const theirs = await squawk(sql, major)
      const found = await lintSql(sql, { major })
      const says = (list: readonly { line: number; code: string }[], line: number, code: string) =>
        list.some((each) => each.line === line && each.code === code)
      const covered = found.flatMap(({ line, code }) => {
        const also = rules.find((rule) => rule.code === code)?.also ?? []
        return [code, ...also].map((each) => ({ line, code: each }))
      })
      for (const { line, code } of theirs) {
        seen.add(code)
        if (!says(covered, line, code)) lone.push({ side: 'Squawk', code, line, sql })
      }
      for (const { line, code } of found)
        if (ofSquawk.has(code) && !says(theirs, line, code)) lone.push({ side: 'Godwit', code, line, sql })
    }
  }, 240_000)

  const explains = (difference: Difference, { side, code, sql }: Lone): boolean =>
    difference.side === side && difference.rules.includes(code) && new RegExp(difference.matches, 's').test(sql)

  test('nothing that it finds is missed, but for what the table of differences explains', () => {
    expect(lone.filter((each) => !differences.some((difference) => explains(difference, each)))).toEqual([])
  })

  test('every difference in the table is one', () => {
    const idle = differences.flatMap((difference) =>
      difference.rules
        .filter((code) => !lone.some((each) => each.code === code && explains(difference, each)))
        .map((code) => `${code}: ${difference.when}`),
    )
    expect(idle).toEqual([])
  })

  test('every rule of its was seen, and is one of ours', () => {
    expect([...ofSquawk].filter((code) => !seen.has(code))).toEqual([])
    expect([...seen].filter((code) => !ofSquawk.has(code))).toEqual([])
  })
})
