import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type OpenProjectOptions, openProject, type Project, type RunEvent } from '../../src/index.js'
import type { TestTarget } from './subject.js'

/** A project of plain SQL files on one database. */
export interface SqlProject {
  folder: string
  project: Project
  /** Everything that was told by events and by `onVerbose`. */
  events: RunEvent[]
  said: string[]
  warnings: () => string[]
  put: (name: string, text: string) => void
  /** `name state`, in the one order. */
  states: () => Promise<string[]>
  /** The same project again, as another process would open it. */
  again: (options?: OpenProjectOptions) => Promise<Project>
}

/** Opens a project of these migrations; file names without their folder. */
export async function sqlProject(
  target: Pick<TestTarget, 'url'>,
  files: Record<string, string>,
  options: OpenProjectOptions = {},
): Promise<SqlProject> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-contract-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'godwit.config.json'), '{ "format": "sql", "migrations": "migrations" }')
  const put = (name: string, text: string) => writeFileSync(join(folder, 'migrations', name), text)
  for (const [name, text] of Object.entries(files)) put(name, text)
  const events: RunEvent[] = []
  const said: string[] = []
  const again = (more: OpenProjectOptions = {}) =>
    openProject({
      cwd: folder,
      databaseUrl: target.url,
      env: {},
      onEvent: (event) => events.push(event),
      onVerbose: (message) => said.push(message),
      ...options,
      ...more,
    })
  const project = await again()
  return {
    folder,
    project,
    events,
    said,
    put,
    again,
    warnings: () => events.flatMap((event) => (event.type === 'warning' ? [event.message] : [])),
    states: async () => (await project.status()).migrations.map(({ name, state }) => `${name} ${state}`),
  }
}
