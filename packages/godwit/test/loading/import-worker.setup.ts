import { renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Builds the thread of the `import` hooks from the sources as they are now: Node cannot start a thread from TypeScript. */
export async function buildImportWorker(): Promise<void> {
  const draft = join(packageDir, `dist/import-worker.${process.pid}.js`)
  await build({
    entryPoints: [join(packageDir, 'src/loading/import-worker.ts')],
    outfile: draft,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['@swc/core', 'get-tsconfig'],
    logLevel: 'error',
  })
  renameSync(draft, join(packageDir, 'dist/import-worker.js'))
}
