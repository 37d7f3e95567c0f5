import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openProject, type Project, type RunEvent } from '../../src/index.js'
import type { Files } from './scenarios.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))
const peers = ['pg', 'typeorm', 'reflect-metadata', 'typescript', 'node-pg-migrate']
const cli = join(import.meta.dirname, '../../dist/cli.js')

/** The files of a scenario on disk, opened on any number of databases. */
export class TortureProject {
  readonly folder: string

  constructor(files: Files) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-torture-')))
    mkdirSync(join(this.folder, 'node_modules'))
    for (const peer of peers) symlinkSync(join(modules, peer), join(this.folder, 'node_modules', peer))
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true })
      writeFileSync(join(this.folder, name), text)
    }
  }

  /** As a process of its own would open it. */
  open(databaseUrl: string, onEvent: (event: RunEvent) => void = () => {}): Promise<Project> {
    return openProject({ cwd: this.folder, databaseUrl, env: {}, onEvent })
  }

  /** `godwit up` as a process of its own. */
  start(databaseUrl: string): { child: ChildProcess; ended: Promise<string> } {
    const { PATH = '', HOME = '' } = process.env
    const args = [cli, 'up', '--database-url', databaseUrl]
    const child = spawn(process.execPath, args, { cwd: this.folder, env: { PATH, HOME } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
    const ended = new Promise<string>((resolve) =>
      child.on('close', (code, signal) => resolve(`${signal ?? code}: ${said}`)),
    )
    return { child, ended }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
