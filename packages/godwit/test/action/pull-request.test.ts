import { execFile, execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cliProject } from '../cli/run-cli.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const script = join(root, 'action/pull-request.sh')

// GitHub's own program, as far as the script asks it: it keeps one comment in a file.
const gh = `#!/usr/bin/env bash
echo "$*" >> "$GH_LOG"
[ "$GH_TOKEN" = s3cret ] || exit 4
case "$*" in
  *--jq*) [ -f "$GH_COMMENT" ] && echo 7; exit 0 ;;
  *--method*) for last; do :; done; cp "\${last#body=@}" "$GH_COMMENT" ;;
esac
`

/** A project in a git repository whose branch `main` has one migration, with everything that the action finds on a runner. */
async function pullRequest() {
  const project = await cliProject({
    'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
    'migrations/1_users.down.sql': 'DROP TABLE users;\n',
  })
  const { folder } = project
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/gh'), gh)
  chmodSync(join(folder, 'bin/gh'), 0o755)
  const modules = join(folder, 'node_modules')
  symlinkSync(join(root, 'node_modules'), modules)
  writeFileSync(join(folder, '.gitignore'), 'node_modules\nbin\n*.log\ncomment.md\noutput\n')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'first')
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    GODWIT_BASE: 'main',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_OUTPUT: join(folder, 'output'),
    GH_TOKEN: 's3cret',
    GH_LOG: join(folder, 'gh.log'),
    GH_COMMENT: join(folder, 'comment.md'),
    DATABASE_URL: project.database.url,
    PULL_REQUEST: '12',
    npm_config_loglevel: 'error',
  }
  const run = (more: Record<string, string> = {}) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      writeFileSync(join(folder, 'output'), '')
      execFile('bash', [script], { cwd: folder, env: { ...env, ...more } }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
      )
    })
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '')
  return { project, run, read }
}

test('what is found in new migrations is annotated, commented once and brought up to date, and fails the check', async () => {
  const { project, run, read } = await pullRequest()
  const nothing = await run()
  expect(nothing.code, nothing.out).toBe(0)
  expect(read('output')).toBe('lint=0\nverify=0\nplan=0\n')

  await project.run('up')
  await project.database.query("INSERT INTO users VALUES (1, 'a'), (2, 'a')")
  project.put({ 'migrations/2_unique.sql': 'CREATE UNIQUE INDEX users_email ON users (email);\n' })
  const found = await run()
  expect(found.code).toBe(1)
  expect(found.out).toMatch(/^::warning file=migrations\/2_unique\.sql,line=1/m)
  expect(found.out).toContain('::error::Godwit: lint (3) verify (3) plan (3)')
  expect(read('output')).toBe('lint=3\nverify=3\nplan=3\n')
  expect(
    read('gh.log')
      .trim()
      .split('\n')
      .map((line) => /--method \w+ \S+/.exec(line)?.[0] ?? 'asks'),
  ).toEqual([
    'asks',
    '--method POST repos/acme/shop/issues/12/comments',
    'asks',
    '--method PATCH repos/acme/shop/issues/comments/7',
  ])
  const comment = read('comment.md')
  expect(comment.startsWith('<!-- godwit -->\n')).toBe(true)
  expect(comment).toContain('2_unique')
  expect(comment).toContain('CREATE UNIQUE INDEX users_email')
  expect(comment).toContain('**On what is there now: 1 statement would fail**')
  expect(comment).toContain('1 value of "email" is used by 2 rows of users')
  expect(comment).not.toContain('godwit plan -->')
}, 120_000)

test('parts can be left out, and a comment that may not be written is a warning', async () => {
  const { project, run, read } = await pullRequest()
  project.put({
    'migrations/2_more.sql': 'ALTER TABLE users ADD COLUMN age int;\n',
    'migrations/2_more.down.sql': 'ALTER TABLE users DROP COLUMN age;\n',
  })
  appendFileSync(join(project.folder, 'bin/gh'), 'exit 1\n')
  const quiet = await run({ GODWIT_LINT: 'false', DATABASE_URL: '' })
  expect(quiet).toMatchObject({ code: 0, out: expect.stringContaining('::warning::Godwit') })
  expect(read('output')).toBe('verify=0\n')
  const silent = await run({ GODWIT_COMMENT: 'false', GODWIT_VERIFY: 'false', DATABASE_URL: '' })
  expect(silent.out).not.toContain('::warning::Godwit')
}, 120_000)

test('what is too long for a comment is cut, and says where the rest is', async () => {
  const { project, run, read } = await pullRequest()
  const columns = (one: number) =>
    Array.from({ length: 200 }, (_, at) => `ALTER TABLE users ADD COLUMN a_column_called_${one}_${at} int;\n`).join('')
  for (let one = 2; one < 10; one++) project.put({ [`migrations/${one}_long.sql`]: columns(one) })
  const summary = join(project.folder, 'summary.log')
  const { out } = await run({ GODWIT_LINT: 'false', GODWIT_VERIFY: 'false', GITHUB_STEP_SUMMARY: summary })
  expect(out).not.toContain('::warning::Godwit')
  const comment = read('comment.md')
  expect(comment.length).toBeLessThan(65_536)
  expect(comment).toMatch(/^<!-- godwit -->\n\n\*Too long for a comment: .* in the summary of the job\.\*\n/)
  expect(read('summary.log')).toContain('a_column_called_9_199')
}, 120_000)

test('the token is for the comment only: what the pull request brings does not get it', async () => {
  const { project, run, read } = await pullRequest()
  const config = read('godwit.config.json')
  rmSync(join(project.folder, 'godwit.config.json'))
  project.put({ 'godwit.config.mjs': `console.error('token: ' + process.env.GH_TOKEN)\nexport default ${config}\n` })
  const { out } = await run({ GODWIT_VERIFY: 'false' })
  expect(out.match(/token: \w+/g)).toEqual(['token: undefined', 'token: undefined'])
  expect(read('gh.log')).toContain('--method POST')
}, 120_000)

test('action.yml hands every input to the script', () => {
  const action = readFileSync(join(root, 'action.yml'), 'utf8')
  const used = new Set(readFileSync(script, 'utf8').match(/\b(?:GODWIT_[A-Z]+|DATABASE_URL|PULL_REQUEST)\b/g))
  for (const name of used) expect(action).toMatch(new RegExp(`^ {8}${name}: `, 'm'))
  expect(action).toContain('action/pull-request.sh')
})
