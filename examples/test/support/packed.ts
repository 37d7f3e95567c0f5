import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onceARun } from './once-a-run.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)

/** The folder of Godwit as it is published: packed, and unpacked again. Made once a run. */
export async function packedGodwit(): Promise<string> {
  return join(await onceARun('packed', pack), 'package')
}

async function pack(folder: string): Promise<void> {
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, 'packages/godwit') })
  await run('tar', ['-xzf', (await run('ls', [folder])).stdout.trim(), '-C', folder], { cwd: folder })
  // What it depends on lies beside it. Its optional peers do not: a project that needs one says so.
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package/package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    const to = join(folder, 'node_modules', name)
    await mkdir(dirname(to), { recursive: true })
    await symlink(join(root, 'node_modules', name), to, 'junction')
  }
}
