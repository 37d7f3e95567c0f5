import { readFile, rename, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { GodwitError } from '../errors.js'
import type { CheckedModels, Format, ModelFile, Models } from '../formats/contract.js'

/** What checking the models found; paths are relative to the project's folder. */
export type ValidateReport = CheckedModels

/** What became of the models' files; paths are absolute. */
export interface ModelsReport {
  /** Those that change. */
  files: ModelFile[]
  /** What the files said and do not say any more. */
  lost: string[]
  warnings: string[]
}

/** How to ask for models from a database. */
export interface PullOptions {
  /** Writes also where something is lost that only the files say. */
  force?: boolean | undefined
  /** Writes nothing. */
  dryRun?: boolean | undefined
}

/** The models that a format can read. @throws GODWIT_NO_MODEL_FILES */
export function modelsOf(format: Format): Models {
  if (format.models === undefined) throw new GodwitError('GODWIT_NO_MODEL_FILES', { format: format.id })
  return format.models
}

/**
 * Writes models that were pulled, all or none.
 *
 * @throws GODWIT_PULL_LOSES when the files say something that the database cannot know
 */
export async function writePulled(found: ModelsReport, { force, dryRun }: PullOptions): Promise<ModelsReport> {
  const report = { ...found, files: changed(found.files) }
  if (found.lost.length > 0 && !force && !dryRun) throw new GodwitError('GODWIT_PULL_LOSES', { lost: found.lost })
  if (!dryRun) await writeModels(report.files)
  return report
}

/** The files whose text changes. */
export function changed(files: readonly ModelFile[]): ModelFile[] {
  return files.filter(({ content, before }) => content !== before)
}

/** Writes models; a file that has changed since it was read stays as it is. @throws GODWIT_FILE_EXISTS */
export async function writeModels(files: readonly ModelFile[]): Promise<void> {
  for (const { path, before } of files) {
    const now = await readFile(path, 'utf8').catch(() => null)
    if (now !== before) throw new GodwitError('GODWIT_FILE_EXISTS', { file: path })
  }
  for (const { path, content } of files) {
    const draft = `${path}.${process.pid}.draft`
    await writeFile(draft, content)
    await rename(draft, path)
  }
}

/** With paths relative to the project's folder. */
export function relativeFiles(files: readonly string[], folder: string): string[] {
  return files.map((file) => relative(folder, file))
}
