import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'
import ts from 'typescript'
import { expect, test } from 'vitest'

const examples = fileURLToPath(new URL('..', import.meta.url))
const ignore = ['**/node_modules/**', '**/dist/**', '**/.godwit/**']
const manifests = globSync('*-*/**/package.json', { cwd: examples, ignore, dot: true })

/** The packages that a file imports; `import type` counts, it has to be there to be checked. */
function importedBy(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => !/^[./#@]?\//.test(name) && !name.startsWith('.') && !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    )
    .filter((name) => !builtinModules.includes(name))
}

test('there is a manifest of each example', () => {
  expect(manifests.length).toBeGreaterThan(5)
})

// The copies that other tests run in have the repository's packages beside them, where one that is not declared is found as well.
test.each(manifests)('%s declares what the code beside it imports', (manifest) => {
  const folder = join(examples, dirname(manifest))
  const { name, dependencies, devDependencies } = JSON.parse(readFileSync(join(examples, manifest), 'utf8'))
  const declared = Object.keys({ ...dependencies, ...devDependencies, [name]: '' })
  const nested = manifests
    .map((other) => dirname(join(examples, other)))
    .filter((other) => other.startsWith(`${folder}/`))
  const files = globSync('**/*.{ts,mts,cts,js,mjs,cjs}', { cwd: folder, ignore })
    .map((file) => join(folder, file))
    .filter((file) => !nested.some((other) => file.startsWith(`${other}/`)))
  const missing = files.flatMap((file) =>
    importedBy(file)
      .filter((each) => !declared.includes(each))
      .map((each) => `${relative(folder, file)}: ${each}`),
  )
  expect(missing).toEqual([])
})
