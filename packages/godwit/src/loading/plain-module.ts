import { isBuiltin } from 'node:module'
import { awaitsAtTop, compileFile } from './compile.js'
import { isTypeScript } from './module-kind.js'

const IMPORT = /^(?:import|export)\b([^'"\n]*?)(['"])([^'"\n]+)\2/gm

/**
 * Whether a TypeScript file takes nothing from elsewhere but what Node has, and these names of Godwit's. Such a file does the same
 * as CommonJS, which spares an ES module the hooks for `import`, on Node 20 a thread of their own, and another copy of Godwit.
 */
export function isPlainModule(file: string, names: readonly string[]): boolean {
  if (!isTypeScript(file)) return false
  try {
    return importsNothingElse(file, names)
  } catch {
    // What is wrong with it is said when it is loaded.
    return false
  }
}

function importsNothingElse(file: string, names: readonly string[]): boolean {
  const code = compileFile(file, 'esm')
  if (/\bimport\s*[.(]|\brequire\b/.test(code) || awaitsAtTop(compileFile(file, 'cjs'))) return false
  return [...code.matchAll(IMPORT)].every(([, clause = '', , specifier = '']) =>
    specifier === 'godwit' ? takes(clause).every((name) => names.includes(name)) : isBuiltin(specifier),
  )
}

// ` { defineSeed, ref as reference } from `; anything else is none of the names.
function takes(clause: string): string[] {
  const [, list] = /^\s*\{([^{}]*)\}\s*from\s*$/.exec(clause) ?? []
  if (list === undefined) return [clause]
  return list.split(',').map((part) => part.trim().split(/\s+as\s+/)[0] as string)
}
