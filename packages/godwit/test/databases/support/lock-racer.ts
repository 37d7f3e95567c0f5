import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

/**
 * Builds a program that, told `<folder> <millisecond>` on stdin, waits for that moment, tries to lock the folder and
 * answers `got` or `not`. Told `free`, it frees what it holds.
 */
export async function buildLockRacer(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-racer-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'racer.mjs')
  const contents = `
    import { createInterface } from 'node:readline'
    import { lockFolder } from './folder-lock.js'
    let free
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === 'free') {
        await free?.()
        free = undefined
        console.log('freed')
        continue
      }
      const [folder, moment] = line.split('\\t')
      while (Date.now() < Number(moment)) {}
      free = await lockFolder(folder).catch((error) => {
        if (error.code !== 'GODWIT_EMBEDDED_IN_USE') throw error
      })
      console.log(free === undefined ? 'not' : 'got')
    }`
  const resolveDir = join(import.meta.dirname, '../../../src/databases/embedded')
  await build({ stdin: { contents, resolveDir, loader: 'ts' }, outfile, bundle: true, platform: 'node', format: 'esm' })
  return outfile
}
