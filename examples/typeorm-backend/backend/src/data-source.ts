import 'reflect-metadata'
import { join } from 'node:path'
import { config } from 'dotenv'
import { DataSource } from 'typeorm'

config({ path: join(__dirname, '../.env'), quiet: true })

/** The shop's database. The patterns match the sources and, once built, what lies in `dist`. */
export const AppDataSource = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL || 'postgres://postgres:postgres@localhost:5432/backend',
  entities: [join(__dirname, 'entities/*.{js,ts}')],
  migrations: [join(__dirname, 'database/migrations/*.{js,ts}')],
  synchronize: false,
})
