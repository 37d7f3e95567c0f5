import { expect, inject, test } from 'vitest'
import { base, planted } from './planted.js'
import { verifyProject } from './support.js'

test('planted ways back are found, and good ones pass', async () => {
  const shadow = inject('servers').pg18
  const failures: unknown[] = []
  for (const each of planted) {
    const { last } = verifyProject({
      'migrations/001_base.sql': base.up,
      'migrations/001_base.down.sql': base.down,
      'migrations/002_planted.sql': each.up,
      'migrations/002_planted.down.sql': each.down,
    })
    const { verdict, reasons, notes } = await last({ name: '002', shadow })
    const objects = reasons.flatMap((reason) => reason.objects)
    const got = { verdict, codes: reasons.map(({ code }) => code), objects, notes }
    try {
      expect(got, each.what).toEqual({
        verdict: each.verdict,
        codes: each.codes ?? [],
        objects: (each.lines ?? []).map((line) => expect.stringContaining(line)),
        notes: each.note === undefined ? [] : [expect.stringContaining(each.note)],
      })
    } catch {
      failures.push({
        what: each.what,
        wanted: { verdict: each.verdict, codes: each.codes, lines: each.lines },
        got,
        texts: reasons.map((r) => r.text),
      })
    }
  }
  expect(failures).toEqual([])
}, 600_000)
