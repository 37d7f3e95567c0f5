import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import ts from 'typescript'
import { root } from '../../../../scripts/markdown.mjs'
import { type Block, exampleOf, placeOf } from './blocks.js'

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
  noEmit: true,
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  esModuleInterop: true,
  experimentalDecorators: true,
}

/**
 * Compiles blocks as one program, each as a file of its own in a folder of its own that is nowhere on the disk, under the
 * page's folder: so packages are found as a reader of the page has them, `godwit` as it was built.
 *
 * @returns what the compiler has against them, by place in the page
 */
export function compile(blocks: Block[], strict: boolean): string[] {
  const files = new Map<string, string>()
  const places = new Map<string, { block: Block; shift: number }>()
  for (const block of blocks) {
    const page = `block ${block.line} of ${posix.basename(block.page)}`
    const folder = join(root, exampleOf(block) ?? join(dirname(block.page), page))
    for (const { kind, text } of block.notes) {
      if (kind !== 'file') continue
      const [path = '', ...lines] = text.split('\n')
      files.set(join(folder, path), lines.join('\n'))
    }
    const { text, shift } = whole(block)
    const file = join(folder, fileName(block))
    files.set(file, text)
    places.set(file, { block, shift })
  }
  const program = ts.createProgram([...places.keys()], { ...options, strict }, host(files))
  return ts.getPreEmitDiagnostics(program).map((found) => tell(found, places))
}

/** The block with what it stands behind or within. */
export function whole({ text, notes }: Block): { text: string; shift: number } {
  const around = notes.find(({ kind }) => kind === 'with')?.text
  if (around === undefined) return { text, shift: 0 }
  const [before = '', after = ''] = around.includes('…') ? around.split('…') : [`${around}\n`]
  return { text: `${before}${text}${after}`, shift: before.split('\n').length - 1 }
}

/** The path in the info string, or in a comment at the head, where there is one: a block may import from its neighbours. */
export function fileName({ text, language, file }: Block): string {
  if (file !== undefined) return file.replaceAll('*', 'any')
  return /^\/\/ ([\w./-]+\.[jt]s)$/m.exec(text.split('\n')[0] ?? '')?.[1] ?? `block.${language}`
}

function host(files: Map<string, string>): ts.CompilerHost {
  const disk = ts.createCompilerHost(options)
  const folders = new Set([...files.keys()].flatMap(foldersOf))
  return {
    ...disk,
    fileExists: (file) => files.has(file) || existsSync(file),
    readFile: (file) => files.get(file) ?? readFileSync(file, 'utf8'),
    directoryExists: (folder) => folders.has(folder) || existsSync(folder),
    getSourceFile: (file, version) => {
      const text = files.get(file)
      return text === undefined ? disk.getSourceFile(file, version) : ts.createSourceFile(file, text, version)
    },
  }
}

function foldersOf(file: string): string[] {
  const folder = dirname(file)
  return folder === dirname(folder) ? [] : [folder, ...foldersOf(folder)]
}

function tell(found: ts.Diagnostic, places: Map<string, { block: Block; shift: number }>): string {
  const text = ts.flattenDiagnosticMessageText(found.messageText, '\n')
  const place = places.get(found.file?.fileName ?? '')
  if (found.file === undefined || place === undefined) return `${found.file?.fileName}: ${text}`
  const line = found.file.getLineAndCharacterOfPosition(found.start ?? 0).line - place.shift + 1
  return `${placeOf(place.block)}, line ${line} of the block: ${text}`
}
