import { isGodwitError } from '../../errors.js'
import type { Models } from '../contract.js'
import type { PrismaProject } from './project.js'
import { holdsModels, type SchemaFile } from './schema-source.js'

/** What `prisma validate`, `prisma format`, `prisma db pull` and `prisma generate` do, without their program. */
export function prismaModels(project: PrismaProject, projectDir: string): Models {
  return {
    any: async () => {
      try {
        return holdsModels((await project.source()).onDisk)
      } catch (error) {
        if (isGodwitError(error)) return false
        throw error
      }
    },
    check: async () => {
      const { onDisk, files } = await project.source()
      const { checkSchema } = await import('./engine/check-schema.js')
      return { files: onDisk.map(({ path }) => path), warnings: await checkSchema(files, projectDir) }
    },
    layOut: async () => {
      const { onDisk } = await project.source()
      const { formatSchema } = await import('./engine/check-schema.js')
      return beside(await formatSchema(onDisk, projectDir), onDisk)
    },
    pull: async (client) => {
      const { pullSchema } = await import('./engine/pull.js')
      const source = await project.source()
      const { files, warnings, lost, onDisk } = await pullSchema(client, source, await project.schema(), projectDir)
      return { files: beside(files, onDisk), warnings, lost }
    },
    generator: async () => {
      const { onDisk } = await project.source()
      const makes = onDisk.some(({ content }) => /^[ \t]*generator[ \t]+\w+[ \t]*\{/m.test(content))
      return makes ? ['prisma', 'generate'] : undefined
    },
  }
}

function beside(made: readonly SchemaFile[], onDisk: readonly SchemaFile[]) {
  return made.map(({ path, content }) => ({
    path,
    content,
    before: onDisk.find((file) => file.path === path)?.content ?? null,
  }))
}
