import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { variablesOf } from './chatai.js'

/** The name that the document's lines are written with. */
const name = 'chatai_platform'

/** Whether what the document runs inside its container is installed here. */
export const hasPsql = ['psql', 'pg_dump'].every((program) => {
  try {
    execFileSync(program, ['--version'])
    return true
  } catch {
    process.stderr.write(`The document's own psql and pg_dump lines are skipped: ${program} is not on the PATH.\n`)
    return false
  }
})

/**
 * An empty database `chatai_platform`, and a `docker` that runs `docker exec [-it] chatai-postgres …` on its server, so that such lines can
 * be run as they are written. One test at a time.
 */
export async function documentedContainer(): Promise<{ url: string; env: Record<string, string> }> {
  const admin = inject('servers').pg15
  await run(admin, `drop database if exists ${name} with (force)`)
  await run(admin, `create database ${name}`)
  onTestFinished(() => run(admin, `drop database ${name} with (force)`))
  const folder = await mkdtemp(join(tmpdir(), 'godwit-docker-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'docker'), '#!/bin/sh\nshift\ncase $1 in -*) shift ;; esac\nshift\nexec "$@"\n')
  await chmod(join(folder, 'docker'), 0o755)
  const url = new URL(admin)
  url.pathname = `/${name}`
  const env = variablesOf({ url: url.toString() })
  const { DATABASE_HOST: PGHOST = '', DATABASE_PORT: PGPORT = '', DATABASE_PASSWORD: PGPASSWORD = '' } = env
  return { url: url.toString(), env: { ...env, PGHOST, PGPORT, PGPASSWORD, PATH: folder } }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
