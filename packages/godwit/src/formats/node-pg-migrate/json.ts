import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { GodwitError } from '../../errors.js'
import { unreadable } from '../files.js'

/** Reads a JSON file. @throws GODWIT_FILE_UNREADABLE, GODWIT_PGM_CONFIG */
export function readJson(path: string, projectDir: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw unreadable(path, projectDir, error)
    const reason = `${relative(projectDir, path)} is no JSON: ${error.message}`
    throw new GodwitError('GODWIT_PGM_CONFIG', { reason }, { cause: error })
  }
}

/** An object, no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
