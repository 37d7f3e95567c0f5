// Prisma's own way to insert many rows; the client stands in the project.
const { join } = require('node:path')
const { PrismaPg } = require('@prisma/adapter-pg')
const seedRows = require('./seed-rows.cjs')

const { PrismaClient } = require(join(process.cwd(), 'client'))

async function main() {
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) })
  await client.$transaction(
    async (transaction) => {
      for (const data of seedRows()) await transaction.users.createMany({ data })
    },
    { timeout: 600_000 },
  )
  await client.$disconnect()
}

main()
