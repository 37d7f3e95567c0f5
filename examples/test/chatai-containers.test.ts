import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { runLine } from './support/lines.js'

const example = fileURLToPath(new URL('../chatai-platform', import.meta.url))

interface Compose {
  services: Record<
    string,
    { container_name: string; image: string; profiles?: string[]; ports: string[]; healthcheck?: object }
  >
}

test('the containers have the documented names, are watched, and listen on this machine only', async () => {
  const { services } = parse(await readFile(join(example, 'docker-compose.yml'), 'utf8')) as Compose
  const { pgadmin, ...always } = services
  expect(Object.values(always).map((service) => service.container_name)).toEqual([
    'chatai-postgres',
    'chatai-redis',
    'chatai-minio',
    'chatai-rabbitmq',
  ])
  for (const service of Object.values(always)) {
    expect(service.healthcheck).toHaveProperty('test')
    expect(service.profiles).toBeUndefined()
  }
  expect(always.postgres?.image).toBe('postgres:15')
  expect(pgadmin).toMatchObject({ profiles: ['tools'], ports: ['127.0.0.1:5050:80'] })
  for (const { ports } of Object.values(services)) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
})

describe('scripts/', () => {
  /** A copy of the example, and a `docker-compose` that notes what it is asked for. */
  async function prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'godwit-compose-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await cp(example, join(folder, 'platform'), {
      recursive: true,
      filter: (path) => !/node_modules|dist$|\.env$/.test(path),
    })
    const asked = join(folder, 'asked')
    await writeFile(asked, '')
    await writeFile(join(folder, 'docker-compose'), `#!/bin/sh\necho "$PWD $*" >> ${asked}\n`)
    await chmod(join(folder, 'docker-compose'), 0o755)
    const place = { system: 'chatai-platform', cwd: join(folder, 'platform') }
    return {
      run: (line: string) => runLine(line, place, { PATH: folder }),
      read: (file: string) => readFile(join(folder, 'platform', file), 'utf8'),
      asked: async () =>
        (await readFile(asked, 'utf8'))
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.replace(join(folder, 'platform'), '.')),
    }
  }

  test('dev-start.sh waits until all are healthy, and begins a .env where there is none', async () => {
    const { run, read, asked } = await prepare()
    expect(await run('./scripts/dev-start.sh')).toMatchObject({ code: 0 })
    expect(await asked()).toEqual(['. up -d --wait', '. ps'])
    expect(await read('.env')).toBe(await read('.env.example'))
  })

  test('dev-stop.sh keeps the data', async () => {
    const { run, asked } = await prepare()
    for (const line of ['./scripts/dev-stop.sh', 'cd packages && ../scripts/dev-stop.sh'])
      expect(await run(line)).toMatchObject({ code: 0 })
    expect(await asked()).toEqual(['. --profile tools down', '. --profile tools down'])
  })

  test('dev-reset.sh asks first: without the word nothing is deleted', async () => {
    const { run, asked } = await prepare()
    for (const line of ['./scripts/dev-reset.sh < /dev/null', 'echo y | ./scripts/dev-reset.sh']) {
      const { out, code } = await run(line)
      expect(out).toContain('This deletes the data of postgres, redis, minio and rabbitmq.')
      expect(out).toContain('Nothing was deleted.')
      expect(code).toBe(1)
    }
    expect(await asked()).toEqual([])
    expect((await run('echo chatai | ./scripts/dev-reset.sh')).code).toBe(0)
    expect(await asked()).toEqual(['. --profile tools down --volumes', '. up -d --wait'])
  })
})
