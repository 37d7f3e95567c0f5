import { basename, dirname } from 'node:path'
import { GodwitError } from '../../errors.js'

const split = (up: string, down: string): string =>
  `Put what follows '${up}' into <name>.sql and what follows '${down}' into <name>.down.sql.`

const settle = 'Where they ran already, say so: godwit resolve <name> --applied.'

/** Marks that other tools put into their files, each at the start of a line (rule 41). */
const marks = [
  { tool: 'dbmate', mark: '-- migrate:up', advice: `${split('-- migrate:up', '-- migrate:down')} ${settle}` },
  { tool: 'goose', mark: '-- +goose', advice: `${split('-- +goose Up', '-- +goose Down')} ${settle}` },
  { tool: 'sql-migrate', mark: '-- +migrate', advice: `${split('-- +migrate Up', '-- +migrate Down')} ${settle}` },
  {
    tool: 'node-pg-migrate',
    mark: '-- Up Migration',
    advice: "Say format: 'node-pg-migrate' in the config; these files run as they are.",
  },
  {
    tool: 'Liquibase',
    mark: '--liquibase formatted sql',
    advice: `Put each changeset into a file of its own, <timestamp>_<name>.sql. ${settle}`,
  },
] as const

/** How far into a file a mark is looked for, in bytes. */
const headSize = 4096

/**
 * Looks for another tool's mark at the beginning of a file.
 *
 * @param head the file's first bytes
 * @throws GODWIT_FOREIGN_FOLDER
 */
export function refuseMarks(head: Buffer, path: string, folder: string): void {
  if (!head.includes('--')) return
  const text = head.toString('latin1', 0, headSize)
  for (const { tool, mark, advice } of marks) {
    const at = text.indexOf(mark)
    if (at === -1 || !/(^|\n)(\xef\xbb\xbf)?[ \t]*$/.test(text.slice(0, at))) continue
    throw new GodwitError('GODWIT_FOREIGN_FOLDER', { folder, tool, sign: `${basename(path)} says '${mark}'.`, advice })
  }
}

/**
 * Recognises another tool's folder by the names in it.
 *
 * @throws GODWIT_FOREIGN_FOLDER
 */
export function refuseForeignFolder(path: string, folder: string, files: readonly string[]): void {
  const flyway = files.find((file) => /^(V[\d._]+|R)__.+\.sql$/.test(file))
  if (flyway !== undefined) {
    const advice = `Rename them to <number>_<name>.sql, all numbers with the same count of digits. ${settle}`
    throw new GodwitError('GODWIT_FOREIGN_FOLDER', { folder, tool: 'Flyway', sign: `${flyway}.`, advice })
  }
  if (basename(path) === 'migrations' && basename(dirname(path)) === 'supabase') {
    const advice = `Supabase's own CLI runs and records them. To change over, copy the files to another folder. ${settle}`
    throw new GodwitError('GODWIT_FOREIGN_FOLDER', { folder, tool: 'Supabase', sign: 'by its path.', advice })
  }
}
