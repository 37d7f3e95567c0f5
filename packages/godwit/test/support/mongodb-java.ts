import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { StartedMongo } from './mongodb-server.js'

const run = promisify(execFile)
const sources = fileURLToPath(new URL('./mongodb-java/', import.meta.url))
const cache = fileURLToPath(new URL('../../../../node_modules/.cache/godwit-test/', import.meta.url))

/**
 * Starts mongo-java-server: the real wire protocol on plain memory, without sessions and transactions.
 *
 * @throws when Java, Maven or the library cannot be had
 */
export async function startJavaServer(): Promise<StartedMongo> {
  const server = spawn('java', ['-cp', await build(), 'TestServer'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const port = await firstLine(server)
  return {
    url: `mongodb://127.0.0.1:${port}`,
    kind: 'java',
    replicaSet: false,
    stop: async () => {
      const gone = new Promise((resolve) => server.once('exit', resolve))
      server.stdin?.end()
      await gone
    },
  }
}

/** Compiles the server once for all runs; returns its class path. */
async function build(): Promise<string> {
  const pom = join(sources, 'pom.xml')
  const source = join(sources, 'TestServer.java')
  const hash = createHash('sha256')
  for (const file of [pom, source]) hash.update(await readFile(file))
  const folder = join(cache, `mongodb-java-${hash.digest('hex').slice(0, 12)}`)
  const built = await readClassPath(folder)
  if (built !== undefined) return built
  await mkdir(cache, { recursive: true })
  const fresh = await mkdtemp(join(cache, 'building-'))
  try {
    const list = join(fresh, 'classpath')
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${list}`])
    await run('javac', ['-cp', await readFile(list, 'utf8'), '-d', fresh, source])
    await rm(folder, { recursive: true, force: true })
    await rename(fresh, folder).catch(() => {}) // another run was quicker
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return (await readClassPath(folder)) ?? Promise.reject(new Error(`nothing was built in ${folder}`))
}

/** `undefined`: nothing is built there, or a library of it is gone. */
async function readClassPath(folder: string): Promise<string | undefined> {
  const list = await readFile(join(folder, 'classpath'), 'utf8').catch(() => '')
  if (list === '' || !list.split(delimiter).every((jar) => existsSync(jar))) return undefined
  return [folder, list].join(delimiter)
}

async function firstLine(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`java ended with ${code}`)))
    if (server.stdout) createInterface(server.stdout).once('line', resolve)
  })
}
