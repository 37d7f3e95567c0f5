import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun'

const lockfiles: [file: string, manager: PackageManager][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
]

/** The package manager of the project: the nearest lockfile upwards, or the `packageManager` field beside it; else npm. */
export function packageManagerOf(folder: string): PackageManager {
  for (let current = folder; ; current = dirname(current)) {
    for (const [file, manager] of lockfiles) if (existsSync(join(current, file))) return manager
    const named = packageManagerField(join(current, 'package.json'))
    if (named !== undefined) return named
    if (dirname(current) === current) return 'npm'
  }
}

/** The command that installs `packages` (names, with a version where one is needed) in the project, ready to paste. */
export function installCommand(folder: string, packages: string): string {
  const manager = packageManagerOf(folder)
  return `${manager} ${manager === 'npm' ? 'install' : 'add'} ${packages}`
}

function packageManagerField(file: string): PackageManager | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const field =
      typeof content === 'object' && content !== null && 'packageManager' in content && content.packageManager
    const name = typeof field === 'string' ? field.split('@')[0] : undefined
    return lockfiles.find(([, manager]) => manager === name)?.[1]
  } catch {
    return undefined
  }
}
