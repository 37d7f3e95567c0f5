import 'dotenv/config'
import type { PrismaConfig } from 'prisma'

// The schema engine that Prisma would download; Godwit brings the same one as WebAssembly.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= 'node_modules/.bin/godwit-schema-engine'

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Not Prisma's env(): what needs no database, such as generating the client, should work without the variable.
  datasource: { url: process.env.DATABASE_URL ?? '' },
} satisfies PrismaConfig
