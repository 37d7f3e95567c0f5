import { resolve } from 'node:path'
import { GodwitError } from '../../errors.js'
import type { Body, Format, FormatContext } from '../contract.js'
import { fileScript } from '../files.js'
import { composeMigration } from './create.js'
import { sqlHistory } from './history.js'
import { holdsStatement } from './leading-text.js'
import { downFileOf, listSqlFolder } from './list.js'
import type { SqlSection } from './section.js'

export type { SqlSection } from './section.js'

/** Opens Godwit's own format: a folder of SQL files, the way back of each beside it. */
export async function openSqlFormat(context: FormatContext<SqlSection | undefined>): Promise<Format> {
  const { projectDir } = context
  const folder = resolve(projectDir, context.migrations ?? 'migrations')
  return {
    id: 'sql',
    list: () => listSqlFolder(folder, context),
    sortKeyOf: (name) => name,
    load: async (file, direction): Promise<Body | null> => {
      const path = direction === 'up' ? file.file : downFileOf(file)
      if (path === null) return null
      const script = fileScript(path, projectDir)
      if (!(await holdsStatement(script))) throw new GodwitError('GODWIT_EMPTY_MIGRATION', { file: inProject(path) })
      return { kind: 'script', script }
    },
    history: sqlHistory(context.section),
    peerLocks: [],
    create: (name, { now }) => composeMigration(folder, name, now, context),
  }

  function inProject(path: string): string {
    return path.startsWith(`${projectDir}/`) ? path.slice(projectDir.length + 1) : path
  }
}
