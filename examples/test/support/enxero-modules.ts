import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from '../../../packages/godwit/test/support/database.js'
import type { Clone } from './clone.js'
import { databaseBehind } from './enxero.js'

type Input = Record<string, unknown>

/** What the example's `src/` exports, as far as the tests call it. */
interface Modules {
  OtpService: new (
    prisma: object,
    sms: { send: (phoneNumber: string, text: string) => Promise<void> },
    options?: { lifetime?: number; pause?: number; now?: () => Date },
  ) => { request: (input: Input) => Promise<Input>; verify: (input: Input) => Promise<Input> }
  otpRoutes: (otp: object) => RequestListener
  ConsoleSmsSender: new () => { send: (phoneNumber: string, text: string) => Promise<void> }
  newCompanyId: (name: string, countryCode: string | null) => string
  assignCompanyId: (prisma: object, id: string, make?: (name: string) => string) => Promise<string>
}

/** What the example exports, compiled, on a client of the new schema and a database behind the change. */
export async function onNewSchema(built: Clone): Promise<{ database: TestDatabase; modules: Modules; prisma: object }> {
  const database = await databaseBehind(built)
  const require = createRequire(join(built.folder, 'package.json'))
  const { PrismaClient } = require('@prisma/client')
  const { PrismaPg } = require('@prisma/adapter-pg')
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) })
  onTestFinished(() => prisma.$disconnect())
  const files = ['otp/otp-service', 'otp/otp-routes', 'otp/sms-sender', 'companies/company-id']
  return { database, prisma, modules: Object.assign({}, ...files.map((file) => require(`./dist/${file}.js`))) }
}
