import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { openProject } from '../../src/project/open.js'
import type { OpenProjectOptions } from '../../src/project/options.js'
import type { VerifyRequest } from '../../src/project/verify.js'
import type { VerifiedMigration, VerifyReport } from '../../src/verify/report.js'

/** A folder with migrations of a format, to be verified. */
export interface VerifyProject {
  folder: string
  put: (files: Record<string, string>) => void
  verify: (request?: VerifyRequest, options?: OpenProjectOptions) => Promise<VerifyReport>
  /** The verdict of the last migration. */
  last: (request?: VerifyRequest) => Promise<VerifiedMigration>
}

export function verifyProject(files: Record<string, string>, config: object = { format: 'sql' }): VerifyProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-verify-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  // A folder of its own, so that nothing is known from another test.
  const put = (more: Record<string, string>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  mkdirSync(join(folder, 'node_modules'))
  for (const name of [
    'pg',
    '@electric-sql',
    'typeorm',
    'node-pg-migrate',
    'mongodb',
    'libpg-query',
    'reflect-metadata',
  ])
    link(name, folder)
  put({
    'package.json': '{ "name": "shop" }',
    'godwit.config.json': JSON.stringify({ migrations: 'migrations', ...config }),
    ...files,
  })
  const verify = async (request: VerifyRequest = { all: true }, options: OpenProjectOptions = {}) => {
    const report = await (await openProject({ cwd: folder, env: {}, ...options })).verify(request)
    if (report.error !== undefined) throw report.error
    return report
  }
  return {
    folder,
    put,
    verify,
    last: async (request) => (await verify(request)).migrations.at(-1) as VerifiedMigration,
  }
}

function link(name: string, folder: string): void {
  const place = resolve(import.meta.dirname, '../../../../node_modules', name)
  symlinkSync(place, join(folder, 'node_modules', name), 'junction')
}
