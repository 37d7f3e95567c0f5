import { renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'

const packageDir = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Builds the thread of the `import` hooks from the sources as they are now: Node cannot start a thread from TypeScript. */
export async function buildImportWorker(): Promise<void> {
  await bundle(
    { entryPoints: [join(packageDir, 'src/loading/import-worker.ts')] },
    join(packageDir, 'dist'),
    'import-worker',
  )
}

/**
 * Builds a program that loads a file and prints what it exports, and which compilers were loaded for it.
 *
 * @returns its path; it takes the project's folder and the file.
 */
export async function buildLoader(): Promise<string> {
  await buildImportWorker()
  const contents = `
    import { createRequire } from 'node:module'
    import { join } from 'node:path'
    import { loadConfigFile } from './load-config.js'
    import { exportsOf, loadModule } from './load-module.js'
    const [projectDir, file] = process.argv.slice(2)
    const exports = file.startsWith('godwit.config')
      ? await loadConfigFile(join(projectDir, file))
      : exportsOf(await loadModule(file, { projectDir }))
    delete exports.default
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    const compilers = ['@swc/core', 'get-tsconfig'].filter((name) =>
      loaded.some((path) => path.includes(join('node_modules', name)) && !path.endsWith('package.json')))
    console.log(JSON.stringify({ exports, compilers }))`
  const resolveDir = join(packageDir, 'src/loading')
  return bundle(
    { stdin: { contents, resolveDir, loader: 'ts' } },
    join(packageDir, 'node_modules/.cache/test'),
    'loader',
  )
}

async function bundle(input: BuildOptions, folder: string, name: string): Promise<string> {
  const draft = join(folder, `${name}.${process.pid}.js`)
  const file = join(folder, `${name}.js`)
  await build({
    ...input,
    outfile: draft,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['@swc/core', 'get-tsconfig'],
    logLevel: 'error',
  })
  renameSync(draft, file)
  return file
}
