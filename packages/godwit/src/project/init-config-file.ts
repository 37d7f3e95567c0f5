import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { InitChoice } from './init-choice.js'
import type { Manifest } from './init-manifest.js'

/** The config file's name: TypeScript where the project has it. */
export function configFileName(folder: string, manifest: Manifest | undefined): string {
  if (existsSync(join(folder, 'tsconfig.json')) || manifest?.packages.has('typescript')) return 'godwit.config.ts'
  return manifest?.module ? 'godwit.config.js' : 'godwit.config.mjs'
}

/** The config's text. `database` is an expression of TypeScript, or absent where the format's own config names it. */
export function configText(choice: InitChoice, database: string | undefined): string {
  const lines = [`format: ${quoted(choice.format)}`]
  if (choice.migrations !== undefined) lines.push(`migrations: ${quoted(choice.migrations)}`)
  if (database !== undefined) lines.push(`database: ${database}`)
  if (choice.dataSource !== undefined) lines.push(`typeorm: { dataSource: ${quoted(choice.dataSource)} }`)
  const body = lines.map((line) => `  ${line},\n`).join('')
  return `import { defineConfig } from 'godwit'\n\nexport default defineConfig({\n${body}})\n`
}

/** Text as a string literal in single quotes. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped}'`
}
