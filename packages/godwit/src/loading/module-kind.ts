import { readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

/** How Node would run the file; `unsaid` is a `.ts` or `.js` under a package.json without `type`, or under none. */
export type ModuleKind = 'cjs' | 'esm' | 'json' | 'unsaid'

const byExtension: Record<string, ModuleKind> = {
  '.mts': 'esm',
  '.mjs': 'esm',
  '.cts': 'cjs',
  '.cjs': 'cjs',
  '.json': 'json',
}

const typeOfFolder = new Map<string, ModuleKind>()

/** The kind of module a file is, by its ending and the nearest package.json, as Node decides it. */
export function moduleKindOf(file: string): ModuleKind {
  return byExtension[extname(file)] ?? kindInFolder(dirname(file))
}

/** Whether the file is TypeScript, declaration files excepted. */
export function isTypeScript(file: string): boolean {
  return /\.(?:[cm]?ts|tsx)$/.test(file) && !/\.d\.[cm]?ts$/.test(file)
}

/** Whether the file belongs to an installed package rather than to the project. */
export function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file)
}

function kindInFolder(folder: string): ModuleKind {
  const known = typeOfFolder.get(folder)
  if (known !== undefined) return known
  const parent = dirname(folder)
  const kind = kindInManifest(join(folder, 'package.json')) ?? (parent === folder ? 'unsaid' : kindInFolder(parent))
  typeOfFolder.set(folder, kind)
  return kind
}

function kindInManifest(file: string): ModuleKind | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    const { type } = JSON.parse(text) as { type?: unknown }
    return type === 'module' ? 'esm' : type === 'commonjs' ? 'cjs' : 'unsaid'
  } catch {
    return 'unsaid'
  }
}
