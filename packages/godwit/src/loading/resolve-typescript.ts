import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { aliasTargets } from './tsconfig.js'

/** TypeScript's endings for the JavaScript ones that its imports are written with. */
const sourceEndings: Record<string, string[]> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
}

/** What an import may leave out. */
export const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json']
const declarations = ['.d.ts', '.d.mts', '.d.cts']

/**
 * The file that an import written in a TypeScript file means where Node alone would not find it: sources for `.js`
 * endings, missing endings, folders with an index, `paths` and `baseUrl`. Undefined leaves the import to Node.
 */
export function resolveTypeScript(specifier: string, importer: string): string | undefined {
  if (isRelative(specifier)) return sourceAt(resolve(dirname(importer), specifier), specifier.endsWith('/'))
  for (const target of aliasTargets(specifier, importer)) {
    const found = sourceAt(target, false)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether the specifier is a path; a package or an alias otherwise. */
export function isRelative(specifier: string): boolean {
  return /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|[a-zA-Z]:[\\/])/.test(specifier)
}

/** Whether the path means a declaration file only, which holds nothing to run. */
export function isDeclarationOnly(specifier: string, importer: string): boolean {
  const paths = isRelative(specifier) ? [resolve(dirname(importer), specifier)] : aliasTargets(specifier, importer)
  return paths.some((path) => declarations.some((ending) => isFile(path.replace(/\.[cm]?[jt]s$/, '') + ending)))
}

function sourceAt(path: string, folderOnly: boolean): string | undefined {
  if (!folderOnly) {
    const written = /\.[cm]?jsx?$/.exec(path)?.[0] ?? ''
    for (const ending of sourceEndings[written] ?? []) {
      const source = path.slice(0, -written.length) + ending
      if (isFile(source)) return source
    }
    if (isFile(path)) return path
    for (const ending of endings) if (isFile(path + ending)) return path + ending
  }
  // A folder with a manifest is a package: Node reads its `main`.
  if (isFile(resolve(path, 'package.json'))) return undefined
  for (const ending of endings) {
    const index = resolve(path, `index${ending}`)
    if (isFile(index)) return index
  }
  return undefined
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
