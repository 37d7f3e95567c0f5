import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import type { GodwitError } from '../../src/errors.js'
import { openProject } from '../../src/project/open.js'
import type { OpenProjectOptions } from '../../src/project/options.js'
import type { Project } from '../../src/project/project.js'

/** A project of SQL files in a folder of its own. */
export interface BackupProject {
  folder: string
  events: RunEvent[]
  /** The project, on this or on another database. */
  open: (options?: Partial<OpenProjectOptions>) => Promise<Project>
  put: (files: Record<string, string>) => void
}

/** Makes a project whose config names a database. */
export function backupProject(config: Record<string, unknown>, files: Record<string, string> = {}): BackupProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-backup-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const events: RunEvent[] = []
  const put = (more: Record<string, string>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  const written = { format: 'sql', migrations: 'migrations', ...config }
  put({
    'package.json': '{ "name": "shop" }',
    'godwit.config.json': JSON.stringify(written),
    'migrations/.keep': '',
    ...files,
  })
  const { PATH, HOME } = process.env
  const open = (options: Partial<OpenProjectOptions> = {}) =>
    openProject({ cwd: folder, env: { PATH, HOME }, onEvent: (event) => events.push(event), ...options })
  return { folder, events, open, put }
}

/** The error that something ends with. */
export async function errorOf(work: Promise<unknown>): Promise<GodwitError> {
  return work.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: GodwitError) => error,
  )
}

/** Writes programs that stand in for tools, each a text for a shell. */
export function fakeTools(programs: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-tools-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return folder
}
