import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { root } from '../../../../scripts/markdown.mjs'

/** A folder as a reader of the pages has one: the files, and all packages of this repository installed. */
export function readersFolder(files: Record<string, string>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-docs-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** A project of SQL files on the embedded database. */
export const sqlProject = {
  'package.json': '{ "name": "shop", "type": "module" }',
  'godwit.config.json': '{ "format": "sql", "migrations": "migrations", "database": "embedded" }',
  'migrations/20260101000000_users.sql':
    'create table users (email text primary key);\ncreate table audit (at timestamptz default now());\n',
  'migrations/20260101000000_users.down.sql': 'drop table audit;\ndrop table users;\n',
}
