import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { createMongoDatabase, type TestMongoDatabase } from '../../../packages/godwit/test/support/mongodb.js'

export const example = fileURLToPath(new URL('../../telemarketing-api', import.meta.url))
const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url))
const godwit = fileURLToPath(new URL('../../../packages/godwit', import.meta.url))

/** A clone of the example with its packages installed and a database of its own. */
export interface Clone extends TestMongoDatabase {
  folder: string
  /** Runs a line of the document, such as `npm run seed`, and gives what it printed and its exit code. */
  run: (line: string, env?: Record<string, string>) => Promise<{ out: string; code: number }>
  write: (file: string, text: string) => Promise<void>
  read: (file: string) => Promise<string>
}

export async function cloneExample(): Promise<Clone> {
  const database = await createMongoDatabase()
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'godwit-telemarketing-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(example, folder, { recursive: true, filter: (path) => !/node_modules|\.godwit|\.env$/.test(path) })
  await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
  const installed = ['mongodb', 'mongoose', 'typescript', '@types']
  for (const name of installed) await symlink(join(modules, name), join(folder, 'node_modules', name), 'junction')
  await symlink(godwit, join(folder, 'node_modules/godwit'), 'junction')
  await symlink(join(godwit, 'bin/godwit.js'), join(folder, 'node_modules/.bin/godwit'))
  return {
    ...database,
    folder,
    run: (line, env = {}) => run(line, folder, { MONGODB_URI: database.url, ...env }),
    write: (file, text) => writeFile(join(folder, file), text),
    read: (file) => readFile(join(folder, file), 'utf8'),
  }
}

async function run(line: string, cwd: string, env: Record<string, string>): Promise<{ out: string; code: number }> {
  const [command = '', ...args] = line.split(' ')
  try {
    const options = { cwd, env: { ...process.env, NO_COLOR: '1', NODE_ENV: '', ...env }, timeout: 60_000 }
    const { stdout, stderr } = await promisify(execFile)(command, args, options)
    return { out: stdout + stderr, code: 0 }
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number }
    return { out: stdout + stderr, code }
  }
}
