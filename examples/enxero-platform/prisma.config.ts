import 'dotenv/config'
import type { PrismaConfig } from 'prisma'

export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Not Prisma's env(): what needs no database, such as generating the client, should work without the variable.
  datasource: { url: process.env.DATABASE_URL ?? '' },
} satisfies PrismaConfig
