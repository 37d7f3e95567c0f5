/** Runs a program of a project's as the main module, with TypeScript: this file is the entry of its process. */
import Module from 'node:module'
import { pathToFileURL } from 'node:url'
import { cacheIn } from '../loading/cache-folder.js'
import { errorFromHooks, installImportHooks } from '../loading/import-hooks.js'
import { loadError } from '../loading/load-errors.js'
import { moduleKindOf } from '../loading/module-kind.js'
import { installRequireHooks, isAsyncModule } from '../loading/require-hooks.js'

/** The part of CommonJS that loads what `node file.js` runs. */
interface CommonJs {
  _load(request: string, parent: null, isMain: true): unknown
}

const [node = '', , file = '', projectDir = ''] = process.argv
process.argv.splice(0, 4, node, file)
// Who started it holds the lock that it runs under.
process.on('disconnect', () => process.kill(process.pid))
process.channel?.unref()
cacheIn(projectDir)
installRequireHooks()
installImportHooks()
await run()

async function run(): Promise<void> {
  if (moduleKindOf(file) === 'esm') return imported()
  try {
    ;(Module as unknown as CommonJs)._load(file, null, true)
  } catch (error) {
    if (!isAsyncModule(error)) throw shown(error)
    return imported()
  }
}

async function imported(): Promise<void> {
  try {
    await import(pathToFileURL(file).href)
  } catch (error) {
    throw shown(errorFromHooks(error))
  }
}

// What the program throws is shown as Node shows it; what could not be loaded in our words.
function shown(error: unknown): unknown {
  const known = loadError(error, file, projectDir)
  return (known as { code?: string }).code === 'GODWIT_FILE_THROWS' ? error : known
}
