// Shows Godwit on a real project without a server: applies, looks, undoes and applies again on the embedded database.
import { spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp'

const folder = fileURLToPath(new URL('../examples/chatai-platform/services/user-service', import.meta.url))
const cli = fileURLToPath(new URL('../packages/godwit/dist/cli.js', import.meta.url))
const data = `${folder}/.godwit/db`

await rm(data, { recursive: true, force: true })
say('The ChatAI platform: eight TypeORM entities, one migration, an embedded PostgreSQL. No server, no Docker.')
godwit('up')
godwit('status')
await showTables(9)
godwit('down')
await showTables(1)
godwit('up')
await showTables(9)
say(`Try next, in examples/chatai-platform/services/user-service:

  npx godwit plan down --database-url embedded     what undoing would run
  npx godwit redo --database-url embedded          undo the last one and apply it again
  npx godwit create AddAvatarSize                  write the next migration
`)

function godwit(...args) {
  say(`$ godwit ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [cli, ...args, '--config', 'godwit.demo.config.ts'], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

async function showTables(expected) {
  const database = await PGlite.create(data, { extensions: { uuid_ossp } })
  const { rows } = await database.query("select tablename from pg_tables where schemaname = 'public' order by 1")
  await database.close()
  const names = rows.map((row) => row.tablename)
  say(`${names.length} table${names.length === 1 ? '' : 's'} in public: ${names.join(', ')}`)
  if (names.length !== expected) {
    console.error(`expected ${expected}`)
    process.exit(1)
  }
}

function say(text) {
  console.log(`\n${text}`)
}
