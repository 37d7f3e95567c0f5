import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GodwitError } from '../errors.js'
import { installCommand } from '../loading/package-manager.js'
import { loadPeer, peerVersion } from '../loading/peer.js'
import type { HashFunctions } from './hash.js'

/** What is used of the libraries: all of them give these names other meanings. */
interface Library {
  hash: (plain: string, cost?: unknown) => Promise<string>
  compare: (plain: string, hash: string) => Promise<boolean>
  verify: (first: string, second: string) => Promise<boolean>
}

/** @param major of the library's version */
type Adapt = (library: Library, rounds: number | undefined, major: number) => HashFunctions

const BCRYPT_ROUNDS = 10
const timeCost = (rounds: number | undefined) => (rounds === undefined ? undefined : { timeCost: rounds })

const bcrypt: Adapt = ({ hash, compare }, rounds = BCRYPT_ROUNDS) => ({
  hash: (plain) => hash(plain, rounds),
  verify: (plain, there) => compare(plain, there),
})
const argon2: Adapt = ({ hash, verify }, rounds) => ({
  hash: (plain) => hash(plain, timeCost(rounds)),
  verify: (plain, there) => verify(there, plain),
})
const libraries: Readonly<Record<string, Adapt>> = {
  bcrypt,
  bcryptjs: bcrypt,
  // Version 2 takes an object.
  '@node-rs/bcrypt': ({ hash, verify }, rounds = BCRYPT_ROUNDS, major) => ({
    hash: (plain) => hash(plain, major < 2 ? rounds : { cost: rounds }),
    verify: (plain, there) => verify(plain, there),
  }),
  argon2,
  '@node-rs/argon2': argon2,
}

/**
 * What the project hashes passwords with: the first library that its package.json names, or one of the folders above it.
 *
 * @throws GODWIT_SEED_NO_HASH, and what {@link loadPeer} throws
 */
export async function projectHash(projectDir: string, rounds: number | undefined): Promise<HashFunctions> {
  const name = namedLibrary(projectDir)
  const known = Object.keys(libraries)
  if (name === undefined)
    throw new GodwitError('GODWIT_SEED_NO_HASH', { known, install: installCommand(projectDir, 'bcrypt') })
  const loaded = await loadPeer<Library | { default: Library }>(name, { from: projectDir, why: 'hash()' })
  const library = 'hash' in loaded ? loaded : loaded.default
  return (libraries[name] as Adapt)(library, rounds, Number.parseInt(peerVersion(name, projectDir) ?? '0', 10))
}

function namedLibrary(projectDir: string): string | undefined {
  for (let folder = projectDir; ; folder = dirname(folder)) {
    const name = dependenciesIn(join(folder, 'package.json')).find((each) => each in libraries)
    if (name !== undefined || folder === dirname(folder)) return name
  }
}

function dependenciesIn(file: string): string[] {
  if (!existsSync(file)) return []
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object | undefined>
  return [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})]
}
