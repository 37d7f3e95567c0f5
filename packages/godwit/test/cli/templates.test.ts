import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

const formats: [format: string, template: Record<string, string>, written: Record<string, RegExp>][] = [
  [
    'sql',
    { 'my/table.sql': '-- {{name}}\ncreate table {{name}} ();\n', 'my/table.down.sql': '-- back from {{name}}\n' },
    {
      'migrations/3_add_users.sql': /^-- 3_add_users\ncreate table 3_add_users \(\);\n$/,
      'migrations/3_add_users.down.sql': /^-- back from 3_add_users\n$/,
    },
  ],
  [
    'prisma',
    { 'my/table.sql': '-- {{name}}\n' },
    {
      'prisma/migrations/*/migration.sql': /^-- \d{14}_add_users\n$/,
      'prisma/migrations/*/down.sql': /^-- The way back/,
    },
  ],
  [
    'typeorm',
    { 'my/table.js': 'module.exports.{{name}} = class {{name}} {}\n' },
    { 'migrations/*': /^module.exports.AddUsers\d{13} = class AddUsers\d{13} \{\}\n$/ },
  ],
  [
    'node-pg-migrate',
    { 'my/table.sql': '-- Up Migration\n-- {{name}}\n' },
    { 'migrations/*': /\n-- \d+_add-users\n$/ },
  ],
]

test.each(formats)('%s begins a migration with the text of a file', async (format, template, written) => {
  const files = format === 'sql' ? undefined : {}
  const { folder, json, put } = await cliProject(files)
  const migrations = format === 'prisma' ? 'prisma/migrations' : 'migrations'
  put({ ...template, 'godwit.config.json': JSON.stringify({ format, migrations }) })
  const [path = ''] = Object.keys(template)
  const { code, document } = await json('create', 'add users', '--template', path)
  expect(document).toMatchObject({ name: expect.any(String), files: expect.any(Array) })
  expect(code).toBe(0)
  const made = document.files as string[]
  for (const [name, text] of Object.entries(written)) {
    const pattern = new RegExp(`^${name.replaceAll('.', '\\.').replace('*', '[^/]+')}$`)
    const file = made.find((each) => pattern.test(each))
    expect(file, `${name} among ${made}`).toBeDefined()
    expect(readFileSync(join(folder, file as string), 'utf8')).toMatch(text)
    if (format === 'typeorm') expect(file).toMatch(/\.js$/)
  }
  expect(await json('create', 'add more', '--template', 'my/nothing.sql')).toMatchObject({
    code: 2,
    document: { error: { code: 'GODWIT_FILE_UNREADABLE', message: expect.stringContaining('my/nothing.sql') } },
  })
})

test("node-pg-migrate's own flag names a template too", async () => {
  const { folder, json, put } = await cliProject({})
  put({ 'godwit.config.json': '{ "format": "node-pg-migrate" }', 'mine.sql': '-- Up Migration\nselect 1;\n' })
  const { document } = await json('create', 'x', '--template-file-name', 'mine.sql')
  const [file = ''] = document.files as string[]
  expect(readFileSync(join(folder, file), 'utf8')).toBe('-- Up Migration\nselect 1;\n')
})
