import { createServer } from 'node:net'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { type CliProject, cliProject, type Outcome } from './run-cli.js'

const PASSWORD = 'S3cret-Pässword'

type Parts = Partial<Record<'username' | 'password' | 'hostname' | 'port' | 'pathname' | 'search', string>>

/** The project's URL with something else in it. */
function urlOf({ database }: CliProject, parts: Parts): string {
  return Object.assign(new URL(database.url), parts).toString()
}

describe('what keeps a connection from being made, with exit code 8', () => {
  test.each<[string, Parts, string, string]>([
    [
      'a wrong password',
      { password: encodeURIComponent(PASSWORD) },
      'GODWIT_CONNECTION_PASSWORD',
      "refused the password of user 'postgres'",
    ],
    ['no such user', { username: 'nobody' }, 'GODWIT_CONNECTION_PASSWORD', "user 'nobody'"],
    ['no password', { password: '' }, 'GODWIT_CONNECTION_PASSWORD', 'percent-encoded'],
    ['no such database', { pathname: '/nowhere' }, 'GODWIT_CONNECTION_NO_DATABASE', 'createdb nowhere'],
    ['nothing at the port', { port: '1' }, 'GODWIT_CONNECTION_REFUSED', 'godwit db'],
    ['an unknown host', { hostname: 'no-such-host.invalid' }, 'GODWIT_CONNECTION_NO_HOST', 'no-such-host.invalid'],
    ['TLS where there is none', { search: '?sslmode=require' }, 'GODWIT_CONNECTION_NO_TLS', 'offers none'],
    [
      'a CA file that is not there',
      { search: '?sslmode=verify-full&sslrootcert=/nope/ca.pem' },
      'GODWIT_CONNECTION_CERTIFICATE',
      'sslrootcert',
    ],
    ['a socket folder without a server', { search: '?host=/nope' }, 'GODWIT_CONNECTION_REFUSED', '/nope'],
  ])('%s', async (_, parts, code, said) => {
    const project = await cliProject()
    for (const command of [['status'], ['up'], ['status', '--json']]) {
      const outcome = await project.run(...command, '--database-url', urlOf(project, parts))
      expect(outcome.stderr + outcome.stdout).toContain(code)
      expect(outcome.stderr + outcome.stdout).toContain(said)
      expect(outcome.code).toBe(8)
      expect(outcome.stderr).not.toMatch(/^\s+at /m)
      expectNoSecret(outcome)
    }
  })

  test('no free connection, and a server that hangs up, are told as what they are', async () => {
    const project = await cliProject()
    await project.database.query(`alter database ${project.database.name} connection limit 0`)
    await project.database.query(`create role r_${project.database.name} login password 'x'`)
    onTestFinished(async () => {
      await project.database.query(`drop role r_${project.database.name}`)
    })
    const asRole = urlOf(project, { username: `r_${project.database.name}`, password: 'x' })
    expect(await project.run('status', '--database-url', asRole)).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('GODWIT_CONNECTION_TOO_MANY'),
    })
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.close()
    })
    const address = server.address()
    const port = String(typeof address === 'object' ? address?.port : 0)
    const hangingUp = urlOf(project, { port: port })
    expect(await project.run('status', '--database-url', hangingUp)).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('GODWIT_CONNECTION_FAILED'),
    })
  })

  test('another kind of database, and what is no URL, end with 2', async () => {
    const project = await cliProject()
    for (const url of [
      'mysql://u:hunter22@h/db',
      `postgres://u:${'hunter22'}@h:port/db`,
      'hunter22',
      'postgres://u:hunter22%zz@h/db',
    ]) {
      const outcome = await project.run('up', '--database-url', url, '--verbose')
      expect(outcome.code).toBe(2)
      expect(outcome.stderr).toMatch(/GODWIT_(URL_INVALID|UNSUPPORTED_DATABASE)/)
      expect(outcome.stdout + outcome.stderr).not.toContain('hunter22')
    }
  })
})

describe('no password in any output', () => {
  test.each([
    ['plain', 'hunter22'],
    ['percent-encoded', encodeURIComponent('p@ss:w/rd?#')],
    ['like the user', 'postgresql-hunter22'],
    ['with a quote and a space', encodeURIComponent(`hun'ter "22`)],
  ])('%s, wrong, with --verbose and --json', async (_, password) => {
    const project = await cliProject()
    const url = project.database.url.replace(/\/\/[^@]+@/, `//postgres:${password}@`)
    for (const args of [['up'], ['status', '--json'], ['up', '--verbose'], ['up', '--verbose', '--json']]) {
      const outcome = await project.run(...args, '--database-url', url)
      expect(outcome.code).toBe(8)
      for (const form of [password, decodeURIComponent(password)])
        expect(outcome.stdout + outcome.stderr).not.toContain(form)
    }
  })

  test('in the query of the URL, as ?password= ', async () => {
    const project = await cliProject()
    const url = urlOf(project, { password: '', search: '?password=hunter22' })
    for (const args of [
      ['up', '--verbose'],
      ['status', '--json', '--verbose'],
    ]) {
      const outcome = await project.run(...args, '--database-url', url)
      expect(outcome.code).toBe(8)
      expect(outcome.stdout + outcome.stderr).not.toContain('hunter22')
    }
  })

  test('the right one, in everything that is printed and recorded', async () => {
    const project = await cliProject()
    const { password } = new URL(inject('servers').pg18)
    project.put({ 'migrations/2_b.sql': `alter role current_user password '${password}';\nselect nope;\n` })
    const outcomes: Outcome[] = []
    for (const args of [
      ['status'],
      ['plan'],
      ['up', '--verbose'],
      ['up', '--json'],
      ['reset', '--dry-run'],
      ['protect'],
    ])
      outcomes.push(await project.run(...args))
    expect(outcomes[2]?.code).toBe(7)
    for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain(password)
    const recorded = await project.database.query(
      'select to_jsonb(s)::text as row from godwit.step s union all select to_jsonb(r)::text from godwit.run r',
    )
    expect(recorded.length).toBeGreaterThan(1)
    expect(JSON.stringify(recorded)).not.toContain(password)
  })

  test('secrets in the statements of a migration are masked where it fails', async () => {
    const project = await cliProject()
    project.put({ 'migrations/1_a.sql': `create role r_x password 'hunter22' valid until 'never-ever';\n` })
    for (const args of [['plan'], ['plan', '--json'], ['up'], ['up', '--json'], ['up', '--verbose'], ['status']]) {
      const { stdout, stderr } = await project.run(...args)
      expect(stdout + stderr).not.toContain('hunter22')
    }
  })
})

function expectNoSecret({ stdout, stderr }: Outcome): void {
  const { password } = new URL(inject('servers').pg18)
  for (const secret of [password, PASSWORD, encodeURIComponent(PASSWORD)]) expect(stdout + stderr).not.toContain(secret)
}
