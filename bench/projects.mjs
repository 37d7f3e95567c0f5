import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFolder } from './tools.mjs'

const needed = [
  'godwit',
  'pg',
  'typeorm',
  'node-pg-migrate',
  'knex',
  'kysely',
  'drizzle-orm',
  'reflect-metadata',
  '@prisma/client',
  '@prisma/client-runtime-utils',
]

/** A throwaway folder for projects, beside which the installed packages are found as in any project. */
export function makeWorkFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'))
  chmodSync(folder, 0o755) // as root a server runs as another user, who must reach what is in it
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  mkdirSync(join(modules, '@prisma'))
  for (const name of needed) symlinkSync(packageFolder(name), join(modules, name), 'junction')
  return {
    folder,
    /** Makes one project in it. */
    project(name, write) {
      const project = join(folder, name.replaceAll(' ', '-'))
      mkdirSync(project)
      write(project)
      return project
    },
  }
}
