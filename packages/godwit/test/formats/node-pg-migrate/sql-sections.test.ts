import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { Script } from '../../../src/formats/contract.js'
import { findSections, sectionOf } from '../../../src/formats/node-pg-migrate/sql-sections.js'
import { openFormat, peerFolder } from './support/peer-project.js'

const texts = [
  '-- Up Migration\ncreate table a ();\n-- Down Migration\ndrop table a;\n',
  'select 0;\n\n  --  up   MIGRATION of users\r\nselect 1;\r\n---- Down Migration\r\nselect 2;',
  '-- Down Migration\nselect 2;\n-- Up Migration\nselect 1;',
  'select 1; -- Up Migration\nselect 2',
  '-- Up Migration\nselect 1;\n-- Up Migration\nselect 2;',
  '\uFEFF-- Up Migration\nselect 1;',
  'select 1',
  '-- Up Migration\nselect 1;\n-- Down Migration',
]

/** The text in pieces of a few characters, so that marks are cut apart. */
function inPieces(text: string, size: number): Script {
  return {
    file: '/x.sql',
    bytes: text.length,
    read: async function* () {
      const shown = text.replace(/^\uFEFF/, '')
      for (let at = 0; at < shown.length; at += size) yield shown.slice(at, at + size)
    },
  }
}

async function textOf(script: Script | null): Promise<string | null> {
  if (script === null) return null
  let text = ''
  for await (const piece of script.read()) text += piece
  return text
}

test.each(texts)('finds the sections of %j as node-pg-migrate does', async (text) => {
  const { getActions } = (await import(pathToFileURL(join(peerFolder(9), 'dist/legacy/sqlMigration.js')).href)) as {
    getActions: (text: string) => Record<'up' | 'down', false | ((pgm: object) => void)>
  }
  const actions = getActions(text)
  for (const size of [1, 3, 1000]) {
    const script = inPieces(text, size)
    const found = await findSections(script)
    for (const direction of ['up', 'down'] as const) {
      let expected: string | null = null
      const action = actions[direction]
      if (action !== false) action({ sql: (sql: string) => (expected = sql) })
      const section = sectionOf(script, found, direction)
      // A mark of the peer's takes the blank lines before it along.
      expect((await textOf(section))?.trim() ?? null).toBe((expected as string | null)?.trim() ?? null)
      const before = text.replace(/^\uFEFF/, '').indexOf((await textOf(section)) ?? '')
      if (section?.firstLine !== undefined) expect(section.firstLine).toBe(text.slice(0, before).split('\n').length)
    }
  }
})

test('refuses what node-pg-migrate would run the way back of, and what holds nothing', async () => {
  const { format, warnings } = await openFormat({
    'migrations/1_a.sql': 'create table a ();\n-- Down Migration\ndrop table a;',
    'migrations/2_b.sql': '-- Up Migration\n\n-- Down Migration\n',
  })
  const [a, b] = await format.list()
  await expect(format.load(a!, 'up')).rejects.toMatchObject({ code: 'GODWIT_PGM_NO_UP_SECTION' })
  await expect(format.load(b!, 'up')).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION' })
  expect(await format.load(b!, 'down')).toMatchObject({ kind: 'collected' })
  expect(warnings).toEqual([expect.stringContaining('2_b.sql')])
})
