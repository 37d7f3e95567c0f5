import { rolldown } from 'rolldown'

/**
 * Bundles a program whose dynamic imports become files of their own, so that Node reads what a run needs and little more:
 * it reads all of a file before it runs any of it. What every run needs is one file, because each costs its opening too.
 *
 * @param {{ entry: string, format: 'esm' | 'cjs', file: string, folder: string, core: RegExp, external: string[], define: Record<string, string> }} of
 * `file`: of the entry, below dist; `folder`: of its parts, there; `core`: sources that are one file with all they import
 * @returns {Promise<{ name: string, text: string }[]>} names below dist
 */
export async function bundleInParts({ entry, format, file, folder, core, external, define }) {
  const ending = format === 'cjs' ? 'cjs' : 'js'
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    transform: { target: 'node20.19', define },
    onLog: (_level, log, handler) => {
      // A module that is in the core anyway may be asked for lazily elsewhere.
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') handler('error', log)
    },
  })
  try {
    const { output } = await bundle.generate({
      format,
      entryFileNames: file,
      chunkFileNames: `${folder}/[name].${ending}`,
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
      codeSplitting: { groups: [{ name: 'core', test: core }] },
    })
    return output.map(({ fileName, code }) => ({ name: fileName, text: code }))
  } finally {
    await bundle.close()
  }
}
