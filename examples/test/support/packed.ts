import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
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
  // What it depends on, and the optional peers, are found beside it as npm would lay them.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return join(folder, 'package')
}
