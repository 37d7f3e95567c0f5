// Everything that must hold before a change lands: build, types, lint, tests, the packed package, fresh docs, links.
// `--no-test` leaves the tests out, for who has just run them.
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packed = await mkdtemp(join(tmpdir(), 'godwit-pack-'))
const steps = [
  ['build', 'node', 'scripts/build.mjs'],
  ['types', 'npm', 'run', '--silent', 'typecheck'],
  ['lint', 'npm', 'run', '--silent', 'lint'],
  ['docs', 'node', 'scripts/docs.mjs', '--check'],
  ['links', 'node', 'scripts/check-links.mjs'],
  ...['godwit', 'godwit-nestjs'].flatMap((folder) => [
    ['pack', 'npm', 'pack', '--silent', '-w', `packages/${folder}`, '--pack-destination', packed],
    ['publint', 'npx', 'publint', '--strict', `packages/${folder}`],
    ['exports', 'npx', 'attw', '--profile', 'esm-only', '--no-emoji', () => packedFrom(folder)],
  ]),
  ...(process.argv.includes('--no-test') ? [] : [['tests', 'npx', 'vitest', 'run']]),
  ['examples', 'node', 'scripts/examples-table.mjs', '--check'], // of what the last run of the tests has left
]

let failed = ''
for (const [name, command, ...args] of steps) {
  const started = Date.now()
  const words = await Promise.all(args.map((arg) => (typeof arg === 'function' ? arg() : arg)))
  const { status } = spawnSync(command, words, { stdio: 'inherit' })
  console.log(`${status === 0 ? '✓' : '✗'} ${name}   ${((Date.now() - started) / 1000).toFixed(1)} s`)
  if (status === 0) continue
  failed = name
  break
}
await rm(packed, { recursive: true, force: true })
if (failed !== '') process.exit(1)

async function packedFrom(folder) {
  const files = await readdir(packed)
  return join(
    packed,
    files.find((file) => new RegExp(`^${folder}-\\d`).test(file)),
  )
}
