import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type * as GetTsconfig from 'get-tsconfig'
import { ownRequire } from '../loading/own-require.js'

/**
 * What a config file in TypeScript does to the project's build: a tsconfig that names no files takes in the new one,
 * and the build's output moves from `dist/main.js` to `dist/src/main.js`.
 */
export function buildNotes(folder: string): string[] {
  const file = join(folder, 'tsconfig.json')
  if (!existsSync(file)) return []
  try {
    const { parseTsconfig } = ownRequire('get-tsconfig') as typeof GetTsconfig
    const { include, files, references, exclude, compilerOptions } = parseTsconfig(file)
    const takesAll = include === undefined && files === undefined && references === undefined
    if (!takesAll || compilerOptions?.noEmit || exclude?.includes('godwit.config.ts')) return []
    return ["tsconfig.json names no files: put 'godwit.config.ts' into its 'exclude', else the build's output moves."]
  } catch {
    return []
  }
}
