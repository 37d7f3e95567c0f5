/** The config's `prisma` section. What is absent comes from `prisma.config.*`, then from Prisma's own defaults. */
export interface PrismaSection {
  /** Path of `schema.prisma`, or of the folder of a schema in several files. */
  schema?: string
  /** Path of the migrations' folder. */
  migrations?: string
  /**
   * The module that exports the PrismaClient for seeds, or its class, from the project's folder: `src/db.ts`. Absent: what the
   * schema's generator makes.
   */
  client?: string
}
