import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)
let made: Promise<string> | undefined

// Here and not where it is made: a running test can register no hook.
afterAll(async () => {
  if (made !== undefined) await rm(dirname(await made), { recursive: true, force: true })
})

/** The folder of Godwit as it is published: packed, and unpacked again. Made once a test file. */
export function packedGodwit(): Promise<string> {
  made ??= pack()
  return made
}

async function pack(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-packed-'))
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, 'packages/godwit') })
  await run('tar', ['-xzf', (await run('ls', [folder])).stdout.trim(), '-C', folder], { cwd: folder })
  const unpacked = join(folder, 'package')
  // What it depends on lies beside it. Its optional peers do not: a project that needs one says so.
  const { dependencies } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    const to = join(folder, 'node_modules', name)
    await mkdir(dirname(to), { recursive: true })
    await symlink(join(root, 'node_modules', name), to, 'junction')
  }
  return unpacked
}
