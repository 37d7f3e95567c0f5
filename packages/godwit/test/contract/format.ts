import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openProject, type Project } from '../../src/index.js'
import { createDatabase } from '../support/database.js'
import type { Files, FormatCase } from './format-cases.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))
const peers = ['pg', 'typeorm', 'reflect-metadata', 'typescript', 'node-pg-migrate']

/** What every format must do, through the library and on a real server. */
export function formatContract(format: FormatCase): void {
  const { migration } = format
  const [a, b, c] = [1, 2, 3].map((n) => migration(1_700_000_000_000 + n, 'abc'[n - 1] as string, `t${n}`)) as [
    ReturnType<FormatCase['migration']>,
    ReturnType<FormatCase['migration']>,
    ReturnType<FormatCase['migration']>,
  ]

  describe(format.id, () => {
    test('lists without loading, and a file that cannot be loaded changes nothing', async () => {
      const { files, code } = format.broken(1_700_000_000_009, 'broken')
      const { open, states, query } = await formatProject(format, { ...a.files, ...files })
      expect((await states()).map((each) => each.split(' ').at(-1))).toEqual(['pending', 'pending'])
      await expect((await open()).up()).rejects.toMatchObject({ code, exitCode: 2 })
      expect(
        await query(`select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace`),
      ).toEqual([{ n: 0 }])
    })

    test('takes names with spaces, quotes, endings and any letters, and equal times', async () => {
      const titles = ['a b', `it's "quoted"`, 'ends.sql', 'ünïcødé 😀', 'zz']
      const made = titles.map((title, i) => migration(1_700_000_000_001, title, `odd ${i}`))
      const { open, states } = await formatProject(format, Object.assign({}, ...made.map((each) => each.files)))
      const names = (await states()).map((each) => each.replace(/ pending$/, ''))
      expect([...names].sort()).toEqual(made.map((each) => each.name).sort())
      const up = await (await open()).up()
      expect(up.error).toBeUndefined()
      expect(up.steps.map((step) => step.name)).toEqual(names)
      expect(await states()).toEqual(names.map((name) => `${name} applied`))
      const down = await (await open()).down({ all: true })
      expect(down.steps.map((step) => step.name)).toEqual([...names].reverse())
      expect(await states()).toEqual(names.map((name) => `${name} pending`))
    })

    test('CRLF and a BOM run, and are no edit; another text is one', async () => {
      const crlf = (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`
      const { open, states, put } = await formatProject(format, { ...a.files, ...b.files })
      put({ [b.main]: crlf(b.files[b.main] as string) })
      expect((await (await open()).up()).error).toBeUndefined()
      put({ [a.main]: crlf(a.files[a.main] as string), [b.main]: b.files[b.main] as string })
      expect(await states()).toEqual([`${a.name} applied`, `${b.name} applied`])
      put({ [a.main]: (a.files[a.main] as string).replaceAll('t1', 't11'), ...c.files })
      expect(await states()).toEqual([`${a.name} edited`, `${b.name} applied`, `${c.name} pending`])
      await expect((await open()).up()).rejects.toMatchObject({ code: 'GODWIT_EDITED', exitCode: 5 })
      await (await open()).resolve(a.name, 'applied')
      expect((await (await open()).up()).steps.map((step) => step.name)).toEqual([c.name])
    })

    test('what comes late is out of order, what is gone is missing', async () => {
      const { open, states, put, remove } = await formatProject(format, { ...a.files, ...c.files })
      await (await open()).up()
      put(b.files)
      expect(await states()).toEqual([`${a.name} applied`, `${b.name} out-of-order`, `${c.name} applied`])
      await expect((await open()).up()).rejects.toMatchObject({ code: 'GODWIT_OUT_OF_ORDER', exitCode: 5 })
      const late = await (await open()).up({ allowOutOfOrder: true })
      expect(late.steps.map((step) => step.name)).toEqual([b.name])
      remove(c.files)
      expect(await states()).toEqual([`${a.name} applied`, `${b.name} applied`, `${c.name} missing`])
      expect((await (await open()).down()).steps.map((step) => step.name)).toEqual([b.name])
      await expect((await open()).up()).rejects.toMatchObject({ code: 'GODWIT_MISSING', exitCode: 5 })
      const rest = await (await open()).up({ allowMissing: true, allowOutOfOrder: true })
      expect(rest.steps.map((step) => step.name)).toEqual([b.name])
    })

    test('a new migration is written, applied and undone', async () => {
      const { folder, open, states, put } = await formatProject(format, a.files)
      await (await open()).up()
      const made = await (await open()).create('add users')
      for (const [i, file] of made.files.entries()) {
        expect(readFileSync(file.path, 'utf8')).toBe(file.content)
        const text = format.fill?.[i]
        if (text !== undefined) put({ [file.path.slice(folder.length + 1)]: text })
      }
      expect(await states()).toEqual([`${a.name} applied`, `${made.name} pending`])
      expect((await (await open()).up()).steps).toMatchObject([{ name: made.name, outcome: 'done' }])
      expect((await (await open()).down()).steps).toMatchObject([{ name: made.name, outcome: 'done' }])
      expect(await states()).toEqual([`${a.name} applied`, `${made.name} pending`])
    })

    test(`a migration without content is ${format.empty.outcome}`, async () => {
      const { open, states } = await formatProject(format, { ...a.files, ...format.empty.files })
      const up = (await open()).up()
      if (format.empty.outcome === 'refused') {
        await expect(up).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION', exitCode: 2 })
        expect((await states())[0]).toBe(`${a.name} pending`)
      } else expect((await up).steps).toHaveLength(format.empty.outcome === 'applied' ? 2 : 1)
    })

    test('no migrations at all is nothing to do', async () => {
      const { open, states } = await formatProject(format, {})
      expect(await states()).toEqual([])
      expect(await (await open()).up()).toEqual({ direction: 'up', steps: [], remaining: [] })
    })

    const { duplicate, compiled } = format
    if (duplicate)
      test('two migrations of one name are refused, both files named', async () => {
        const files = duplicate as Files
        const { open } = await formatProject(format, files)
        const refused = expect.objectContaining({ code: 'GODWIT_DUPLICATE_NAME', exitCode: 2 })
        await expect((await open()).up()).rejects.toEqual(refused)
        const error: unknown = await (await open()).status().catch((thrown: unknown) => thrown)
        for (const file of Object.keys(files)) expect((error as Error).message).toContain(file.split('/').at(-1))
      })

    if (compiled)
      test('the compiled .js in the place of its .ts is no edit', async () => {
        const { before, after } = compiled as NonNullable<typeof compiled>
        const { open, states, put, remove } = await formatProject(format, before)
        expect((await (await open()).up()).error).toBeUndefined()
        remove(before)
        put(after)
        expect((await states())[0]).toMatch(/ applied$/)
        expect((await (await open()).up()).steps).toEqual([])
      })
  })
}

async function formatProject(format: FormatCase, files: Files) {
  const database = await createDatabase()
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit contract-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  for (const peer of peers) symlinkSync(join(modules, peer), join(folder, 'node_modules', peer))
  const put = (more: Files) => {
    for (const [name, text] of Object.entries(more)) {
      const path = join(folder, name)
      mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true })
      if (!name.endsWith('/')) writeFileSync(path, text)
    }
  }
  put({ ...format.base(database.url), ...files })
  // Each call as a process of its own would make it: no project lives on with what it has listed or imported.
  const open = (): Promise<Project> => openProject({ cwd: folder, databaseUrl: database.url, env: {} })
  return {
    folder,
    put,
    open,
    query: database.query,
    remove: (gone: Files) => {
      for (const name of Object.keys(gone)) {
        const whole = format.id === 'prisma' ? dirname(name) : name
        rmSync(join(folder, whole), { recursive: true, force: true })
      }
    },
    states: async () => (await (await open()).status()).migrations.map(({ name, state }) => `${name} ${state}`),
  }
}
