import { createHash } from 'node:crypto'
import type { MigrationFile } from './migration.js'
import type { Plan } from './plan.js'

/** A plan's hash, hexadecimal SHA-256: of its steps in their order, and of the contents of their files. Pure. */
export function planHash(plan: Plan, files: readonly MigrationFile[]): string {
  const contents = new Map(files.map(({ name, hash }) => [name, hash]))
  const hash = createHash('sha256')
  for (const { name, direction, resumes } of plan.steps)
    hash.update(`${JSON.stringify([direction, name, contents.get(name) ?? null, resumes ?? false])}\n`)
  return hash.digest('hex')
}
