import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installCommand, packageManagerOf } from '../../src/loading/package-manager.js'
import { loadPeer, peerVersion } from '../../src/loading/peer.js'

let project: string

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'godwit-peer-'))
})

afterEach(() => rmSync(project, { recursive: true, force: true }))

function write(path: string, content: string | object): void {
  const file = join(project, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
}

describe('loadPeer', () => {
  it('prefers the installation of the project to its own', async () => {
    write('node_modules/pg/package.json', { name: 'pg', version: '7.7.7', main: 'main.js' })
    write('node_modules/pg/main.js', 'exports.mine = true')
    expect(await loadPeer('pg', { from: project })).toEqual({ mine: true })
    expect(peerVersion('pg', project)).toBe('7.7.7')
  })

  it('falls back to what is installed beside Godwit', async () => {
    const pg = await loadPeer<typeof import('pg')>('pg', { from: project })
    expect(typeof pg.Client).toBe('function')
    expect(peerVersion('pg', project)).toMatch(/^8\./)
  })

  it('loads a package that exists for import only, also with top-level await', async () => {
    write('node_modules/only/package.json', { name: 'only', type: 'module', exports: { '.': { import: './i.js' } } })
    write('node_modules/only/i.js', 'export const at = await Promise.resolve(3)')
    write('node_modules/tla/package.json', { name: 'tla', type: 'module', exports: './i.js' })
    write('node_modules/tla/i.js', 'export const at = await Promise.resolve(4)')
    expect((await loadPeer<{ at: number }>('only', { from: project })).at).toBe(3)
    expect((await loadPeer<{ at: number }>('tla', { from: project })).at).toBe(4)
  })

  it('says the exact command of the package manager in use when it is absent', async () => {
    write('pnpm-lock.yaml', '')
    await expect(loadPeer('@nobody/absent/sub', { from: project, why: 'the absent format' })).rejects.toMatchObject({
      code: 'GODWIT_PEER_MISSING',
      message: "The package '@nobody/absent/sub' is not installed; the absent format needs it.",
      hint: 'pnpm add @nobody/absent',
      exitCode: 2,
    })
    await expect(loadPeer('absent', { from: project, install: 'absent@3 more' })).rejects.toMatchObject({
      hint: 'pnpm add absent@3 more',
    })
    expect(peerVersion('absent', project)).toBeUndefined()
  })

  it('does not call a broken package absent', async () => {
    write('node_modules/broken/package.json', { name: 'broken', main: 'b.js' })
    write('node_modules/broken/b.js', "require('a-dependency-that-is-not-there')")
    await expect(loadPeer('broken', { from: project })).rejects.toMatchObject({
      code: 'GODWIT_FILE_THROWS',
      message: /^The package 'broken' failed while it was imported: Cannot find module 'a-dependency/,
      cause: { code: 'MODULE_NOT_FOUND' },
    })
  })
})

describe('packageManagerOf', () => {
  it.each([
    ['yarn.lock', 'yarn add pg'],
    ['bun.lockb', 'bun add pg'],
    ['bun.lock', 'bun add pg'],
    ['package-lock.json', 'npm install pg'],
  ])('takes the nearest lockfile, %s, also from a folder below', (lockfile, command) => {
    write(lockfile, '')
    write('apps/api/package.json', {})
    expect(installCommand(join(project, 'apps/api'), 'pg')).toBe(command)
  })

  it('reads the packageManager field before any lockfile exists, and says npm without either', () => {
    expect(packageManagerOf(project)).toBe('npm')
    write('package.json', { packageManager: 'yarn@4.1.0' })
    expect(packageManagerOf(project)).toBe('yarn')
  })
})
