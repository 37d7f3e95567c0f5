import 'reflect-metadata'
import { resolve } from 'node:path'
import { Agent, BillingLog, Conversation, Message, Notification, Project, ProjectMember, User } from '@chatai/shared'
import { config } from 'dotenv'
import { DataSource } from 'typeorm'
import { portFrom } from './config/port'

config({ path: resolve(__dirname, '../../../.env'), quiet: true })

/** The service's database, as migrations and scripts reach it. */
export const AppDataSource = new DataSource({
  type: 'postgres',
  host: process.env.DATABASE_HOST || 'localhost',
  port: portFrom(process.env, 'DATABASE_PORT', 5432),
  username: process.env.DATABASE_USER || 'postgres',
  password: process.env.DATABASE_PASSWORD || 'postgres',
  database: process.env.DATABASE_NAME || 'chatai_platform',
  entities: [User, Project, ProjectMember, Conversation, Agent, Message, BillingLog, Notification],
  migrations: [resolve(__dirname, 'migrations/*.{js,ts}')],
  synchronize: false,
  logging: process.env.NODE_ENV === 'development',
})
