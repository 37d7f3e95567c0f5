import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { GodwitError } from '../errors.js'
import { cacheIn } from './cache-folder.js'
import { reasonOf } from './error-facts.js'
import { isAsyncModule, requireConfig } from './require-hooks.js'

/**
 * Evaluates a configuration file (`godwit.config.ts`, `.js`, `.mjs`, `.json` …) and gives its default export, read anew
 * at each call. `import { defineConfig } from 'godwit'` works whether Godwit is installed in the project or not. An ES
 * module runs as CommonJS, which starts faster, unless it awaits at its top.
 *
 * @param file absolute
 * @throws GODWIT_FILE_THROWS, GODWIT_FILE_SYNTAX, GODWIT_MODULE_NOT_FOUND, GODWIT_FILE_UNREADABLE
 */
export async function loadConfigFile(file: string): Promise<unknown> {
  if (file.endsWith('.json')) return readJson(file)
  const projectDir = dirname(file)
  cacheIn(projectDir)
  try {
    return defaultOf(requireConfig(file))
  } catch (error) {
    // Loaded here only: the way that goes well is the first thing every command waits for.
    if (isAsyncModule(error)) {
      const { loadModule } = await import('./load-module.js')
      return defaultOf(await loadModule(file, { projectDir }))
    }
    const { loadError } = await import('./load-errors.js')
    throw loadError(error, file, projectDir)
  }
}

function defaultOf(loaded: unknown): unknown {
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded)) return loaded
  const { default: config } = loaded
  // Seen by `import`, a compiled CommonJS module has its own default one level down.
  return typeof config === 'object' && config !== null && '__esModule' in config ? defaultOf(config) : config
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new GodwitError('GODWIT_FILE_UNREADABLE', { file, reason: reasonOf(cause) }, { cause, file })
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new GodwitError('GODWIT_FILE_SYNTAX', { file, reason: reasonOf(cause) }, { cause, file })
  }
}
