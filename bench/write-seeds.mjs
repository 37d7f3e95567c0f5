import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The table that seeds fill. */
export const schema =
  'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL, created_at timestamptz NOT NULL)'

const seed = `import { defineSeed } from 'godwit'

const rows = Number(process.env.BENCH_ROWS)

export default defineSeed({
  table: 'users',
  key: ['id'],
  rows: function* () {
    for (let id = 1; id <= rows; id++)
      yield {
        id,
        email: \`user\${id}@example.com\`,
        name: \`User number \${id}\`,
        created_at: new Date(1_700_000_000_000 + id * 1000),
      }
  },
})
`

const prismaSchema = `generator client {
  provider = "prisma-client-js"
  output   = "./client"
}

datasource db {
  provider = "postgresql"
}

model users {
  id         BigInt   @id
  email      String
  name       String
  created_at DateTime @db.Timestamptz
}
`

/** A project with one seed, and the same table as a Prisma schema. */
export function writeSeeds(folder) {
  mkdirSync(join(folder, 'migrations'))
  mkdirSync(join(folder, 'seeds'))
  writeFileSync(join(folder, 'package.json'), '{ "name": "seeds", "type": "module" }\n')
  writeFileSync(join(folder, 'godwit.config.json'), '{ "format": "sql", "migrations": "migrations" }\n')
  writeFileSync(join(folder, 'seeds/users.ts'), seed)
  writeFileSync(join(folder, 'schema.prisma'), prismaSchema)
  writeFileSync(join(folder, 'prisma.config.mjs'), `export default { schema: 'schema.prisma' }\n`)
}
