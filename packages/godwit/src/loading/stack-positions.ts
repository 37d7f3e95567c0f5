import { SourceMap, type SourceMapPayload, type SourceMapping } from 'node:module'
import { fileURLToPath } from 'node:url'
import { compileFile, type OutputKind } from './compile.js'
import { isTypeScript } from './module-kind.js'

/** A place in a file as its author wrote it; line and column count from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

const maps = new Map<string, SourceMap | undefined>()
const stackPlace = /(file:\/\/\/[^\s()]+|(?:\/|[a-zA-Z]:\\)[^()]*?):(\d+):(\d+)/

/** The places in an error's stack, innermost first, those in compiled TypeScript as they are in the source. */
export function originalFrames(error: unknown): Place[] {
  return error instanceof Error ? framesOf(error.stack ?? '') : []
}

/** The places in a stack trace, as {@link originalFrames} gives them. */
export function framesOf(stack: string): Place[] {
  return stack.split('\n').flatMap((line) => (/^\s+at /.test(line) ? (originalPlace(line) ?? []) : []))
}

/**
 * A stack trace with the places in compiled TypeScript put back to the source. Done for the traces that are shown:
 * Node's own switch would read the source map of every module of every dependency.
 */
export function originalStack(stack: string): string {
  return stack
    .split('\n')
    .map((line) => {
      const place = originalPlace(line)
      if (place === undefined || !isTypeScript(place.file)) return line
      return line.replace(stackPlace, () => `${place.file}:${place.line}:${place.column}`)
    })
    .join('\n')
}

function originalPlace(stackLine: string): Place | undefined {
  const [, name, line, column] = stackPlace.exec(stackLine) ?? []
  if (name === undefined) return undefined
  // A stack names ES modules by URL and CommonJS ones by path.
  const kind = name.startsWith('file:') ? 'esm' : 'cjs'
  const file = kind === 'esm' ? fileURLToPath(name) : name
  const compiled = { file, line: Number(line), column: Number(column) }
  const entry: Partial<SourceMapping> | undefined = isTypeScript(file)
    ? mapOf(file, kind)?.findEntry(compiled.line - 1, compiled.column - 1)
    : undefined
  if (entry?.originalLine === undefined || entry.originalColumn === undefined) return compiled
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
}

function mapOf(file: string, kind: OutputKind): SourceMap | undefined {
  const key = `${kind} ${file}`
  if (!maps.has(key)) maps.set(key, readMap(file, kind))
  return maps.get(key)
}

function readMap(file: string, kind: OutputKind): SourceMap | undefined {
  try {
    const inline = /\/\/# sourceMappingURL=data:application\/json;[^,]*,(\S+)/.exec(compileFile(file, kind))?.[1]
    if (inline === undefined) return undefined
    return new SourceMap(JSON.parse(Buffer.from(inline, 'base64').toString()) as SourceMapPayload)
  } catch {
    // The trace is shown as it is where the file has changed or gone since.
    return undefined
  }
}
