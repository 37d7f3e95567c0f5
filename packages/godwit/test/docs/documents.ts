import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse, parseAllDocuments } from 'yaml'
import { root } from '../../../../scripts/markdown.mjs'
import { isGodwitError } from '../../src/errors.js'
import { checkConfig } from '../../src/project/check-config.js'
import type { Block } from './blocks.js'

const ajv = new Ajv2020({ allErrors: true, strict: false })
addFormats.default(ajv)
ajv.addSchema(JSON.parse(await readFile(join(root, 'packages/godwit/schema.json'), 'utf8')) as object, 'godwit')

const { inputs } = parse(await readFile(join(root, 'action.yml'), 'utf8')) as { inputs: object }

/** What GitHub puts a value in the place of. */
const EXPRESSION = /\$\{\{.*?\}\}/g

/** What is wrong with a JSON block: of one with a `shape`, or that looks like a config, also what it says. */
export function jsonProblems({ text, notes }: Block): string[] {
  const document: unknown = JSON.parse(text)
  const shape = notes.find(({ kind }) => kind === 'shape')?.text
  if (shape !== undefined) return shapeProblems(shape, document)
  if (typeof document !== 'object' || document === null || !('format' in document)) return []
  try {
    checkConfig(document, 'godwit.config.json')
    return []
  } catch (error) {
    if (isGodwitError(error)) return [error.message]
    throw error
  }
}

/** The documents of a YAML block. */
export function readYaml({ text }: Block): unknown[] {
  return parseAllDocuments(text, { strict: true }).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0]
    return document.toJS() as unknown
  })
}

/** The commands in a YAML document: what is under `run`, and lists under `command`, with `args` behind them. */
export function commandsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { run, command, args = [] } = value as { run?: unknown; command?: unknown; args?: unknown }
  const listed = Array.isArray(command) && Array.isArray(args) ? [[...command, ...args].map(quoted).join(' ')] : []
  return [
    ...(typeof run === 'string' ? [run.replaceAll(EXPRESSION, 'expression')] : []),
    ...listed,
    ...Object.values(value).flatMap(commandsIn),
  ]
}

/** What a workflow gives Godwit's own action and that does not take. */
export function unknownInputs(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { uses, with: given } = value as { uses?: unknown; with?: object }
  const own = typeof uses === 'string' && uses.startsWith('godwit-dev/godwit@')
  const unknown = own ? Object.keys(given ?? {}).filter((name) => !(name in inputs)) : []
  return [...unknown.map((name) => `the action takes no ${name}`), ...Object.values(value).flatMap(unknownInputs)]
}

const quoted = (word: unknown) => `'${String(word)}'`

function shapeProblems(shape: string, document: unknown): string[] {
  const fits = ajv.getSchema(`godwit#/$defs/${shape}`)
  if (fits === undefined) return [`schema.json has no definition ${shape}`]
  fits(document)
  return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
