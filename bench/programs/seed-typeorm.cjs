// TypeORM's own way to insert many rows.
const { DataSource, EntitySchema } = require('typeorm')
const seedRows = require('./seed-rows.cjs')

const users = new EntitySchema({
  name: 'users',
  columns: {
    id: { type: 'bigint', primary: true },
    email: { type: 'text' },
    name: { type: 'text' },
    created_at: { type: 'timestamptz' },
  },
})

async function main() {
  const source = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: [users] })
  await source.initialize()
  await source.transaction(async (manager) => {
    for (const rows of seedRows()) await manager.getRepository(users).insert(rows)
  })
  await source.destroy()
}

main()
