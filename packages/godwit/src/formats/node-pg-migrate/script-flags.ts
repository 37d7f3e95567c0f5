import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GodwitError } from '../../errors.js'

/** Flags of node-pg-migrate's command by their long names, without the dashes. */
export type Flags = Readonly<Record<string, string | boolean | string[]>>

const aliases: Readonly<Record<string, string>> = {
  d: 'database-url-var',
  f: 'config-file',
  j: 'migration-file-language',
  m: 'migrations-dir',
  s: 'schema',
  t: 'migrations-table',
}

const switches = new Set([
  'check-order',
  'create-migrations-schema',
  'create-schema',
  'decamelize',
  'dry-run',
  'fake',
  'lock',
  'reject-unauthorized',
  'single-transaction',
  'timestamp',
  'ts-node',
  'tsx',
  'use-glob',
  'verbose',
])

/** Flags that say where migrations and history are: scripts that disagree on one leave nothing to go by. */
const decisive = ['config-file', 'config-value', 'migrations-dir', 'migrations-schema', 'migrations-table', 'schema']

/**
 * The flags that a project's npm scripts run node-pg-migrate with: often the only place that names its folder or its
 * history table.
 *
 * @param settled flags that are said elsewhere, where scripts may disagree
 * @throws GODWIT_PGM_CONFIG when scripts disagree on where migrations or history are
 */
export function scriptFlags(projectDir: string, settled: ReadonlySet<string>): Flags {
  const flags: Record<string, Flags[string]> = {}
  for (const found of scriptsOf(projectDir).flatMap(commandsIn).map(flagsOf)) {
    for (const [flag, value] of Object.entries(found)) {
      const other = flags[flag]
      if (other !== undefined && String(other) !== String(value) && decisive.includes(flag) && !settled.has(flag)) {
        const reason = `the scripts in package.json say both --${flag} ${other} and --${flag} ${value}`
        throw new GodwitError('GODWIT_PGM_CONFIG', { reason })
      }
      flags[flag] ??= value
    }
  }
  return flags
}

function scriptsOf(projectDir: string): string[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8'))
  } catch {
    return []
  }
  const scripts = typeof content === 'object' && content !== null && 'scripts' in content ? content.scripts : undefined
  if (typeof scripts !== 'object' || scripts === null) return []
  return Object.values(scripts).filter((script) => typeof script === 'string' && script.includes('node-pg-migrate'))
}

/** The words behind each call of node-pg-migrate in a line of shell. */
function commandsIn(script: string): string[][] {
  const commands: string[][] = []
  let current: string[] | undefined
  for (const [word] of script.matchAll(/&&|\|\||[;|&]|(?:[^\s"';|&]|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    if (/^[;|&]+$/.test(word)) current = undefined
    else if (current !== undefined) current.push(unquoted(word))
    else if (/(^|[/\\])node-pg-migrate(\.[cm]?js)?$/.test(unquoted(word))) {
      current = []
      commands.push(current)
    }
  }
  return commands
}

function unquoted(word: string): string {
  return word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
    double === undefined ? (single ?? '') : double.replace(/\\(.)/g, '$1'),
  )
}

// As yargs reads them: `--flag value`, `--flag=value`, `--no-flag`, `-f value`, and names in camel case.
function flagsOf(words: readonly string[]): Flags {
  const flags: Record<string, Flags[string]> = {}
  for (const [index, word] of words.entries()) {
    const parts = /^(?:--([A-Za-z][\w-]*)|-([a-z]))(?:=([\s\S]*))?$/.exec(word)
    if (parts === null) continue
    const [, long, short, given] = parts
    const written = long === undefined ? aliases[short ?? ''] : flagOf(long)
    if (written === undefined) continue
    const off = written.startsWith('no-') && switches.has(written.slice(3))
    const flag = off ? written.slice(3) : written
    if (switches.has(flag)) flags[flag] = off ? given === 'false' : (given ?? words[index + 1]) !== 'false'
    else {
      const values = given === undefined ? valuesAt(words, index + 1, flag === 'schema') : [given]
      // A variable of the shell has no value here.
      if (values.length === 0 || values.some((value) => value.includes('$'))) continue
      flags[flag] = flag === 'schema' ? [flags.schema ?? [], values].flat().filter(isText) : (values[0] ?? '')
    }
  }
  return flags
}

function valuesAt(words: readonly string[], start: number, several: boolean): string[] {
  const rest = words.slice(start)
  const end = rest.findIndex((word) => word.startsWith('-') || /^(up|down|redo|create)$/.test(word))
  return rest.slice(0, Math.min(end === -1 ? rest.length : end, several ? rest.length : 1))
}

function isText(value: string | boolean): value is string {
  return typeof value === 'string'
}

/** The flag of a name in camel case. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
