// Shows what people see before anything is changed: the Enxero platform, whose users share phone numbers that are to be unique.
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'packages/godwit/dist/cli.js')
const folder = await mkdtemp(join(tmpdir(), 'godwit-look-'))

try {
  await show()
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function show() {
  await cp(join(root, 'examples/enxero-platform'), folder, {
    recursive: true,
    filter: (path) => !/node_modules|\.godwit/.test(path.slice(root.length)),
  })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  say('The Enxero platform, with companies and users in it. Some users share a phone number.')
  godwit(0, 'up')
  await fill()
  say('# The new schema makes phone numbers unique.')
  await cp(join(folder, 'prisma/schema-updated.prisma'), join(folder, 'prisma/schema.prisma'))
  godwit(0, 'generate', 'add-otp-and-company-extensions')
  say('# What would it do?')
  godwit(3, 'plan', '--show-values')
  say('# It is not begun:')
  godwit(5, 'up')
  say('# A data migration that goes first settles the rows: the oldest user of a number keeps it.')
  await fix()
  godwit(0, 'up')
  godwit(0, 'status')
  say('What would have failed in the middle was said before anything was changed.')
}

async function fill() {
  const database = await PGlite.create(join(folder, '.godwit/db'))
  await database.exec(`
    INSERT INTO companies (name, email) VALUES ('Acme', 'hello@acme.example'), ('Umoja', 'hi@umoja.example');
    INSERT INTO users (email, "passwordHash", "firstName", "lastName", "phoneNumber", "createdAt")
      SELECT 'user' || i || '@acme.example', 'x', 'User', 'No ' || i, '+25470000' || lpad((i % 497)::text, 4, '0'),
        timestamp '2024-01-01' + i * interval '1 hour' FROM generate_series(1, 500) i;
  `)
  await database.close()
}

async function fix() {
  const path = join(folder, 'prisma/migrations/20260101000000_fix_phones')
  await mkdir(path)
  await writeFile(
    join(path, 'migration.sql'),
    `UPDATE "users" u SET "phoneNumber" = NULL
WHERE EXISTS (SELECT FROM "users" o WHERE o."phoneNumber" = u."phoneNumber" AND (o."createdAt", o."id") < (u."createdAt", u."id"));
`,
  )
}

function godwit(expected, ...args) {
  say(`$ npx godwit ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, [cli, ...args, '--database-url', 'embedded'], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (status !== expected) throw new Error(`godwit ${args[0]} ended with ${status}, not ${expected}`)
}

function say(text) {
  console.log(`\n${text}`)
}
