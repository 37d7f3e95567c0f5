import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { GodwitError } from '../../../errors.js'
import { reasonOf } from '../../../loading/error-facts.js'
import { exportsOf, loadModule } from '../../../loading/load-module.js'
import { loadPeer } from '../../../loading/peer.js'
import type { PrismaProject } from '../project.js'
import { clientGenerators } from '../schema-file.js'
import { type ClientClass, isClient, type PrismaClient } from './shapes.js'

/** A client as the project has it: made already, or the class that makes one. */
export type FoundClient = { file: string; instance: PrismaClient } | { file: string; make: ClientClass }

/**
 * The project's PrismaClient: of the module that the config names, else what the schema's generator made.
 *
 * @param named the config's `prisma.client`
 * @throws GODWIT_PRISMA_CLIENT, and what importing a file throws
 */
export async function findClient(
  named: string | undefined,
  project: PrismaProject,
  projectDir: string,
): Promise<FoundClient> {
  if (named !== undefined) return clientOf(resolve(projectDir, named), projectDir)
  const [generator] = clientGenerators((await project.source()).onDisk)
  const output = generator?.values.get('output')
  if (generator === undefined) throw noClient('the schema has no generator that makes one')
  if (output === undefined || !('text' in output)) return installed(projectDir)
  const folder = resolve(dirname(generator.file), output.text)
  const files = ['client.ts', 'client.js', 'index.js', 'index.ts'].map((name) => join(folder, name))
  const file = files.find(existsSync)
  if (file === undefined) throw noClient(`${relative(projectDir, folder)} is not there`)
  return clientOf(file, projectDir)
}

async function clientOf(path: string, projectDir: string): Promise<FoundClient> {
  const file = relative(projectDir, path)
  if (!existsSync(path)) throw noClient(`${file} is not there`)
  const exported = exportsOf(await loadModule(path, { projectDir }))
  const instance = Object.values(exported).find(isClient)
  if (instance !== undefined) return { file, instance }
  return { file, make: classIn(exported, file) }
}

async function installed(projectDir: string): Promise<FoundClient> {
  const file = '@prisma/client'
  const exported = await loadPeer<object>(file, { from: projectDir, why: 'a seed' })
  return { file, make: classIn(exported, file) }
}

function classIn(exported: object, file: string): ClientClass {
  const { PrismaClient, default: byDefault } = exported as Record<string, unknown>
  const found = [PrismaClient, byDefault].find((value) => typeof value === 'function')
  if (found === undefined) throw noClient(`${file} exports neither a PrismaClient nor its class`)
  return found as ClientClass
}

/** @throws GODWIT_PRISMA_CLIENT with what Prisma says, such as that the client was not generated */
export function makeClient({ file, make: Client }: { file: string; make: ClientClass }, options: object): PrismaClient {
  try {
    return new Client(options)
  } catch (error) {
    throw noClient(`${file}: ${reasonOf(error)}`, error)
  }
}

function noClient(reason: string, cause?: unknown): GodwitError {
  return new GodwitError('GODWIT_PRISMA_CLIENT', { reason }, { cause })
}
