import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../src/index.js'
import { writeNew } from '../../src/project/create.js'
import { scratchFolder } from '../formats/scratch-folder.js'

const formats = [
  ['sql', 'migrations'],
  ['node-pg-migrate', 'migrations'],
  ['typeorm', 'src/migrations'],
  ['prisma', 'prisma/migrations'],
] as const

async function projectOf(format: string, files: Record<string, string> = {}) {
  const folder = await scratchFolder({
    'godwit.config.json': JSON.stringify({ format }),
    'package.json': '{}',
    ...(format === 'prisma' ? { 'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n' } : {}),
    ...files,
  })
  return { folder, project: await openProject({ cwd: folder, env: {} }) }
}

const everything = async (folder: string) => (await readdir(folder, { recursive: true })).sort()

// Root may write everywhere, so it becomes somebody else for a while.
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work()
  process.seteuid?.(65534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

test.each(formats)('%s refuses a name that is none, or that leads elsewhere', async (format) => {
  const { folder, project } = await projectOf(format)
  const before = await everything(folder)
  for (const name of ['', '  ', '.', '..', '../evil', 'a/../../evil', '..\\evil', '/']) {
    await expect(project.create(name), JSON.stringify(name)).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
  }
  expect(await everything(folder)).toEqual(before)
})

test.each(['.sql', 'x.down.sql', 'x.up', 'x.down', '.down'])('sql: %s makes no other kind of file', async (name) => {
  const { project } = await projectOf('sql')
  if (name.startsWith('.')) {
    await expect(project.create(name)).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
    return
  }
  const { files } = await project.create(name)
  expect(files.map(({ path }) => path.replace(/.*\d_/, ''))).toEqual(['x.sql', 'x.down.sql'])
})

test.each(formats)(
  '%s: a folder that may not be written in is named, and nothing is left',
  async (format, migrations) => {
    const { folder, project } = await projectOf(format, { [`${migrations}/`]: '' })
    for (const place of [folder, join(folder, migrations)]) await chmod(place, 0o555)
    onTestFinished(() => chmod(join(folder, migrations), 0o755))
    const before = await everything(folder)
    await expect(asNobody(() => project.create('add users'))).rejects.toMatchObject({
      code: 'GODWIT_FILE_UNWRITABLE',
      message: expect.stringMatching(new RegExp(`${migrations}.*add.users.* cannot be written: EACCES`)),
    })
    expect(await everything(folder)).toEqual(before)
  },
)

test.each(formats)('%s: a file where the folder should be', async (format, migrations) => {
  const { folder, project } = await projectOf(format, { [migrations]: 'a file' })
  const before = await everything(folder)
  await expect(project.create('add users')).rejects.toMatchObject({
    code: expect.stringMatching(/^GODWIT_FILE_UN(READ|WRIT)ABLE$/),
  })
  expect(await everything(folder)).toEqual(before)
})

test.each(formats)('%s: a name that no file system takes leaves nothing', async (format) => {
  const { folder, project } = await projectOf(format)
  const before = await everything(folder)
  const name = 'a'.repeat(300)
  // Prisma cuts names.
  if (format === 'prisma')
    await expect(project.create(name)).resolves.toMatchObject({ name: expect.stringMatching(/_a{200}$/) })
  else {
    await expect(project.create(name)).rejects.toMatchObject({ code: 'GODWIT_FILE_UNWRITABLE' })
    expect(await everything(folder)).toEqual(before)
  }
})

test('all files are written, or none', async () => {
  const folder = await scratchFolder({ 'list.ts': 'before', 'taken.sql': 'mine' })
  const path = (name: string) => join(folder, name)
  const files = [
    { path: path('list.ts'), content: 'after', replaces: 'before' },
    { path: path('deep/er/new.sql'), content: 'new' },
    { path: path('taken.sql'), content: 'theirs' },
  ]
  await expect(writeNew({ name: 'x', files })).rejects.toMatchObject({
    code: 'GODWIT_FILE_EXISTS',
    message: expect.stringContaining(path('taken.sql')),
  })
  expect(await readFile(path('list.ts'), 'utf8')).toBe('before')
  expect(await readFile(path('taken.sql'), 'utf8')).toBe('mine')
  expect(existsSync(path('deep'))).toBe(false)
  await writeFile(path('list.ts'), 'edited')
  await expect(writeNew({ name: 'x', files: files.slice(0, 1) })).rejects.toMatchObject({ code: 'GODWIT_FILE_EXISTS' })
  expect(await readFile(path('list.ts'), 'utf8')).toBe('edited')
})

test.each(formats)('%s: the same name twice makes two migrations', async (format) => {
  const { project } = await projectOf(format)
  const first = await project.create('add users')
  await new Promise((resolve) => setTimeout(resolve, 2))
  const second = await project.create('add users')
  expect(second.name).not.toBe(first.name)
  expect(second.name > first.name).toBe(true)
})
