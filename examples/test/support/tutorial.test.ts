import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { remark } from 'remark'
import { expect, onTestFinished, test } from 'vitest'
import { runLine } from './lines.js'
import { complaint } from './printed.js'
import { blocksOf } from './tutorial.js'
import { walk } from './walk.js'

async function walked(page: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-walk-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, '1795330881188-a.ts'), 'class A {\n}\n')
  await walk(blocksOf(remark().parse(page), 'page.md'), {
    folder,
    run: (line) => runLine(line, { system: 'none', cwd: folder }, {}),
  })
  return folder
}

const block = (info: string, ...lines: string[]) => [`\`\`\`${info}`, ...lines, '```', ''].join('\n')

test('commands run, what they print is compared, files are written', async () => {
  const folder = await walked(
    [
      block('ts file=new/b.ts', 'b()'),
      block('ts file=*-a.ts after="class A {"', '  a() {}'),
      block('ts file=*-a.ts instead="A {"', 'class B {'),
      block('sh', 'cat new/b.ts', 'ls missing || echo none >&2'),
      block('text', 'b()', '…', 'none'),
      block('sh exit=3', 'exit 3'),
    ].join('\n'),
  )
  expect(await readFile(join(folder, '1795330881188-a.ts'), 'utf8')).toBe('class B {\n  a() {}\n}\n')
})

test.each([
  ['a command that fails', block('sh', 'false', 'true'), 'page.md:2: ended with 1, not 0'],
  ['a command that should fail', block('sh exit=5', 'true'), 'ended with 0, not 5'],
  ['other output', block('sh', 'echo a') + block('text', 'b'), 'page.md:5: not printed there:\nb\nprinted:\na'],
  ['output of nothing', block('text', 'b'), 'nothing ran'],
  ['a block that says nothing', block('ts', 'a()'), "a 'ts' block that names no file"],
  ['no such line', block('ts file=*-a.ts after="class B {"', 'a'), "0 lines of *-a.ts end with 'class B {'"],
  ['no such file', block('ts file=*-b.ts', 'a'), '0 files match *-b.ts'],
])('%s is told with its place', async (_, page, message) => {
  await expect(walked(page)).rejects.toThrow(message)
})

test.each([
  ['one', 'one'],
  ['a   b', 'a  b\n\n'],
  ['✓ A   5 statements   112 ms', '✓ A  5 statements  1.2 s'],
  ['wrote 1795330769362-Add.ts', 'wrote 1700000000000-Add.ts'],
  ['AddUser1795330769362 just now by ada@laptop', 'AddUser1700000000000 12 seconds ago by root@vm'],
  ['on 2026-01-01 10:00:00', 'on 2026-11-22T07:01:13.720Z'],
  ['…\nb\n…\nd', 'a\nb\nc\nd'],
  ['a\n…', 'a'],
  ['a … d', 'a b c d'],
])('%j is what was printed: %j', (page, printed) => {
  expect(complaint(page, printed)).toBeUndefined()
})

test.each([
  ['a', 'a\nb'],
  ['b', 'a\nb'],
  ['a\nc', 'a\nb\nc'],
  ['…\nc\n…\nb', 'a\nb\nc'],
  ['…\nb', 'a\nb\nc'],
  ['a\n…\na', 'a'],
  ['5 statements', '6 statements'],
  ['undone', 'done'],
])('%j is not what was printed: %j', (page, printed) => {
  expect(complaint(page, printed)).toContain('not printed there')
})
