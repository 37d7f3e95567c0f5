import { expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { scratchFolder } from '../scratch-folder.js'

const own = {
  'godwit/templates/team.sql': '-- team in {{name}}\n',
  'godwit/templates/team.down.sql': '-- back from {{name}}\n',
  'godwit/templates/team.ts': '// team in {{name}}\n',
  'godwit/templates/audit.js': '// audit in {{name}}\n',
  'godwit/templates/notes.md': 'no template\n',
}

async function projectOf(config: object, files: Record<string, string> = {}) {
  const folder = await scratchFolder({
    'godwit.config.json': JSON.stringify(config),
    'package.json': '{}',
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n',
    ...files,
  })
  const project = await openProject({ cwd: folder, env: {} })
  const make = async (template: string) => {
    const { files: made } = await project.create('x y', { template, dryRun: true })
    return made.map(({ path, content }) => [/\.(?:down\.)?[a-z]+$/.exec(path)?.[0], content.split('\n', 1)[0]])
  }
  return { folder, make }
}

test.each([
  [{ format: 'sql' }, 'team', ['.sql', /^-- team in \d+_x_y$/], ['.down.sql', /^-- back from \d+_x_y$/]],
  [{ format: 'prisma' }, 'team', ['.sql', /^-- team in \d+_x_y$/], ['.sql', /^-- back from \d+_x_y$/]],
  [{ format: 'typeorm' }, 'team', ['.ts', /^\/\/ team in XY\d+$/]],
  [{ format: 'typeorm' }, 'audit', ['.js', /^\/\/ audit in XY\d+$/]],
  [{ format: 'node-pg-migrate' }, 'team', ['.ts', /^\/\/ team in \d+_x-y$/]],
  [
    { format: 'node-pg-migrate', nodePgMigrate: { migrationFileLanguage: 'sql' } },
    'team',
    ['.sql', /^-- team in \d+_x-y$/],
  ],
  [{ format: 'mongo', migrations: 'migrations' }, 'team', ['.ts', /^\/\/ team in 001-x-y$/]],
  [{ format: 'migrate-mongo' }, 'audit', ['.js', /^\/\/ audit in \d+-x_y$/]],
] as [object, string, ...[string, RegExp][]][])('%j finds %s among the own ones', async (config, name, ...expected) => {
  const { make } = await projectOf(config, own)
  const made = await make(name)
  for (const [index, [ending, text]] of expected.entries()) {
    expect(made[index]?.[0]).toBe(ending)
    expect(made[index]?.[1]).toMatch(text)
  }
})

test("a template of the project's own comes before Godwit's, a language before both, a file last", async () => {
  const { make } = await projectOf(
    { format: 'node-pg-migrate', nodePgMigrate: { migrationFileLanguage: 'ts' } },
    {
      'godwit/templates/auth.ts': '// mine',
      'godwit/templates/sql.ts': '// no',
      plain: '// plain',
      team: '// no',
      ...own,
    },
  )
  expect(await make('auth')).toEqual([['.ts', '// mine']])
  expect(await make('sql')).toEqual([['.sql', '-- Up Migration']])
  expect(await make('team')).toEqual([['.ts', expect.stringContaining('// team in')]])
  expect((await make('plain'))[0]?.[1]).toBe('// plain')
})

test.each([
  [{ format: 'sql' }, 'tema', 'team', 'team, auth'],
  [{ format: 'sql' }, 'atuh', 'auth', 'team, auth'],
  [{ format: 'sql' }, 'something', undefined, 'team, auth'],
  [{ format: 'prisma' }, 'teams', 'team', 'team, auth'],
  [{ format: 'typeorm' }, 'audti', 'audit', 'audit, team, auth, ts, js'],
  [{ format: 'node-pg-migrate' }, 'Team', 'team', 'audit, team, auth, js, ts, sql, cjs, mjs, cts, mts'],
  [{ format: 'mongo', migrations: 'migrations' }, 'auth', undefined, 'audit, team, ts, js, mts, mjs, cts, cjs'],
  [{ format: 'migrate-mongo' }, 'tam', 'team', 'audit, team, js, ts, cjs, mjs, cts, mts'],
])('%j does not know %s', async (config, wanted, nearest, known) => {
  const { make } = await projectOf(config, own)
  const error = await make(wanted).catch((thrown) => thrown)
  expect(error).toMatchObject({
    code: 'GODWIT_TEMPLATE_UNKNOWN',
    hint: expect.stringContaining(`There are: ${known}.`),
  })
  expect(error.message).toBe(
    `There is no template '${wanted}'.${nearest === undefined ? '' : ` Did you mean '${nearest}'?`}`,
  )
})

test('a path that is not there is said as one', async () => {
  const { make } = await projectOf({ format: 'sql' }, own)
  for (const path of ['my/team', 'team.sql', '../team']) {
    await expect(make(path)).rejects.toMatchObject({ code: 'GODWIT_FILE_UNREADABLE' })
  }
})
