import { resolve } from 'node:path'
import type { Body, FormatContext, TableFormat } from '../contract.js'
import { refuseEmpty } from '../empty-script.js'
import { fileScript } from '../files.js'
import { ReadFiles } from '../read-files.js'
import { composeMigration, migrationAt, newPlace } from './create.js'
import { scriptTexts } from './generate/script-text.js'
import { refuseGolangHistory } from './golang-migrate.js'
import { sqlHistory } from './history.js'

import { downFileOf, listSqlFolder } from './list.js'
import type { SqlSection } from './section.js'

export type { SqlSection } from './section.js'

/** Opens Godwit's own format: a folder of SQL files, the way back of each beside it. */
export async function openSqlFormat(context: FormatContext<SqlSection | undefined>): Promise<TableFormat> {
  const { projectDir } = context
  const history = sqlHistory(context.section)
  // A folder, or a glob of all its files, which says the same.
  const folder = resolve(projectDir, (context.migrations ?? 'migrations').replace(/[/\\]\*(\.sql)?$/, ''))
  let read = new ReadFiles()
  return {
    id: 'sql',
    list: () => {
      read = new ReadFiles()
      return listSqlFolder(folder, context, read)
    },
    sortKeyOf: (name) => name,
    load: async (file, direction): Promise<Body | null> => {
      const path = direction === 'up' ? file.file : downFileOf(file)
      if (path === null) return null
      const script = fileScript(path, projectDir, read)
      await refuseEmpty(script, file.name, projectDir)
      return { kind: 'script', script }
    },
    history,
    peerLocks: [],
    prepare: (client) => refuseGolangHistory(client, folder, projectDir, history),
    create: (name, options) => composeMigration(folder, name, options, context),
    generate: async (request) => {
      const { generateFrom } = await import('./generate/index.js')
      const place = newPlace(folder, request.name, request.now, projectDir)
      const ours = { history: history.name, schema: request.ownSchema }
      return generateFrom(request, ours, context, (ways) => migrationAt(place, scriptTexts(place.slug, ways)))
    },
    baseline: async ({ name, now, statements }) => {
      const { files, ...migration } = await composeMigration(folder, name, { now }, context)
      const content = statements.map((statement) => `${statement};\n`).join('\n')
      // Nothing leads back behind what was there before.
      return { ...migration, files: files.slice(0, 1).map(({ path }) => ({ path, content })) }
    },
  }
}
