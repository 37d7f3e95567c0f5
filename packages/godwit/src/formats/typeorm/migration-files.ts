import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { listFolder } from '../files.js'

const modulePattern = /\.[cm]?[jt]s$/

/**
 * The files that a folder, a glob or a file name stands for, absolute. A folder means the files directly in it. They
 * are sorted by name: TypeORM runs migrations of equal timestamps in the order in which it finds them.
 *
 * @throws GODWIT_FOLDER_MISSING
 */
export async function filesOf(pattern: string, projectDir: string): Promise<string[]> {
  const path = resolve(projectDir, pattern)
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) return [path]
    const entries = listFolder(path, projectDir).filter((entry) => !entry.isFolder)
    return modules(entries.map((entry) => `${path}/${entry.name}`))
  }
  // A name without any pattern is a folder that is not there.
  if (!/[*?{}[\]()!]/.test(pattern)) listFolder(path, projectDir)
  return glob([pattern], projectDir)
}

/** The modules that TypeORM's globs match, in its order: pattern by pattern. */
export async function glob(patterns: readonly string[], projectDir: string): Promise<string[]> {
  if (patterns.length === 0) return []
  const found: string[] = []
  for (const pattern of patterns) {
    const normal = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern
    found.push(...modules(directlyIn(normal, projectDir) ?? (await match(normal, projectDir))))
  }
  return [...new Set(found)]
}

async function match(pattern: string, projectDir: string): Promise<string[]> {
  const { glob: find } = await import('tinyglobby')
  return find(pattern, { cwd: projectDir, absolute: true })
}

// `folder/*.ts`, `folder/*{.ts,.js}`, `folder/*.{ts,js}` are what nearly every project writes: the folder is read sooner than
// the matcher is loaded.
const onlyEndings = /^([^*?{}[\]()!\\]+)\/\*(?:(\.\w+)|(\.?)\{([\w.]+(?:,[\w.]+)*)\})$/

function directlyIn(pattern: string, projectDir: string): string[] | undefined {
  const [, folder, single, dot = '', several = ''] = onlyEndings.exec(pattern) ?? []
  if (folder === undefined) return undefined
  const path = resolve(projectDir, folder)
  if (!existsSync(path) || !statSync(path).isDirectory()) return undefined
  const endings = single === undefined ? several.split(',').map((ending) => `${dot}${ending}`) : [single]
  return listFolder(path, projectDir)
    .filter(({ name, isFolder }) => !isFolder && !name.startsWith('.') && endings.some((end) => name.endsWith(end)))
    .map(({ name }) => `${path}/${name}`)
}

function modules(paths: string[]): string[] {
  return paths.filter((path) => modulePattern.test(path) && !/\.d\.[cm]?ts$/.test(path)).sort()
}
