import { GodwitError } from '../errors.js'
import type { FunctionSeed } from './definition.js'
import type { LoadedSeed } from './load.js'
import type { SeedAtWork } from './rows.js'

const tools = ['dataSource', 'prisma', 'mongoose'] as const
type Tool = (typeof tools)[number]

const packages: Readonly<Record<Tool, string>> = { dataSource: 'TypeORM', prisma: 'Prisma', mongoose: 'mongoose' }

/** What a function is given of the project's ORM: it is opened only for one that asks for it. */
export class OrmTools {
  readonly #of: Pick<LoadedSeed, 'name' | 'file'>
  readonly #work: SeedAtWork
  /** The ORM's own, once it is open. */
  session: unknown

  constructor(of: Pick<LoadedSeed, 'name' | 'file'>, work: SeedAtWork) {
    this.#of = of
    this.#work = work
  }

  /** An object whose properties are the tools. Opening takes time, so what the function names is opened before it is called. */
  async forFunction(run: FunctionSeed['run']): Promise<object> {
    const { orm } = this.#work
    const wanted = askedFor(run)
    const given = {}
    for (const tool of tools) {
      let value: unknown
      let failed: unknown
      if (tool === orm?.tool && wanted.includes(tool)) {
        try {
          const opened = await this.#work.session()
          value = opened.tool
          this.session = opened.session
        } catch (error) {
          failed = error
        }
      } else failed = this.#refused(tool)
      const get = (): unknown => {
        if (failed !== undefined) throw failed
        return value
      }
      Object.defineProperty(given, tool, { get })
    }
    return given
  }

  #refused(tool: Tool): GodwitError {
    const { name, file } = this.#of
    const has = this.#work.orm?.tool
    const reason =
      has === tool
        ? 'it is opened for functions that name it in their parameters'
        : has === undefined
          ? 'the project has no ORM that Godwit knows'
          : `the project has ${packages[has]} (${has})`
    return new GodwitError('GODWIT_SEED_ORM', { seed: name, what: tool, reason }, { file })
  }
}

/** The tools that a function's parameters name; all of them where its parameters do not tell. */
export function askedFor(run: FunctionSeed['run']): readonly Tool[] {
  if (run.length === 0 && !/arguments|\.\.\./.test(String(run))) return []
  const [, destructured] = /^(?:async\b)?\s*(?:function\b)?\s*\w*\s*\(?\s*\{([^{}]*)\}/.exec(String(run)) ?? []
  if (destructured === undefined || destructured.includes('...')) return tools
  const names = destructured.split(',').map((part) => part.split(/[:=]/)[0]?.trim())
  return tools.filter((tool) => names.includes(tool))
}
