import { resolve } from 'node:path'
import { Agent, BillingLog, Conversation, Message, Notification, Project, ProjectMember, User } from '@chatai/shared'
import type { ConfigService } from '@nestjs/config'
import type { TypeOrmModuleOptions } from '@nestjs/typeorm'

/** How the running service reaches its database. */
export const getDatabaseConfig = (config: ConfigService): TypeOrmModuleOptions => ({
  type: 'postgres',
  host: config.get('DATABASE_HOST') || 'localhost',
  port: config.get('DATABASE_PORT') || 5432,
  username: config.get('DATABASE_USER') || 'postgres',
  password: config.get('DATABASE_PASSWORD') || 'postgres',
  database: config.get('DATABASE_NAME') || 'chatai_platform',
  entities: [User, Project, ProjectMember, Conversation, Agent, Message, BillingLog, Notification],
  migrations: [resolve(__dirname, '../migrations/*.{js,ts}')],
  migrationsRun: false,
  synchronize: false,
  logging: config.get('NODE_ENV') === 'development',
  connectTimeoutMS: 3_000,
  // DatabaseConnection does it, so that the service also starts while the database is down.
  manualInitialization: true,
})
