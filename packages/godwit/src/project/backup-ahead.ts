import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest } from '../backup/manifest.js'
import type { CompiledStep, Target } from '../databases/contract.js'
import { isGodwitError } from '../errors.js'
import { type BackupReport, backUp, backupFolder } from './backup.js'
import type { ProjectWork } from './work.js'

const DAY_MS = 24 * 60 * 60 * 1_000

/**
 * Backs up ahead of steps that take data away, or of which nobody knows what they do. Functions are not called for it (rule 15).
 *
 * @param wanted a file, or `true` for the usual one
 * @returns `null`: nothing is taken away
 * @throws GodwitError GODWIT_BACKUP_…
 */
export async function backUpAhead(
  work: ProjectWork,
  target: Target,
  steps: readonly CompiledStep[],
  wanted: string | true,
): Promise<BackupReport | null> {
  const { onEvent = () => {} } = work.parts.options
  const because = await reasonsFor(steps)
  if (because.length === 0) {
    onEvent({ type: 'backup-not-needed' })
    return null
  }
  try {
    const report = await backUp(work, target, { file: wanted === true ? undefined : wanted })
    onEvent({ type: 'backed-up', file: report.file, bytes: report.size, because })
    return report
  } catch (error) {
    if (isGodwitError(error)) error.details.state = [...(error.details.state ?? []), 'Nothing was run.']
    throw error
  }
}

/** `2_b takes column users.name away`, a line a step. */
async function reasonsFor(steps: readonly CompiledStep[]): Promise<string[]> {
  const because: string[] = []
  for (const { step, describe } of steps) {
    const { name, body } = step
    if (body.kind !== 'script') because.push(`what ${name} does is not known beforehand`)
    else {
      const { destroys } = await describe()
      if (destroys.length > 0) because.push(`${name} takes ${destroys.join(', ')} away`)
    }
  }
  return because
}

/** Says that no backup of this database was taken for a day, as far as the usual folder tells. */
export async function warnWithoutBackup(work: ProjectWork, database: string): Promise<void> {
  const folder = backupFolder(work)
  const names = await readdir(folder).catch((): string[] => [])
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const manifest = await readManifest(join(folder, name.slice(0, -'.json'.length))).catch(() => undefined)
    if (manifest?.database === database && Date.now() - Date.parse(manifest.time) < DAY_MS) return
  }
  work.parts.warn(
    `'${database}' is marked as production, and no backup was taken today; godwit up --backup takes one first.`,
  )
}
