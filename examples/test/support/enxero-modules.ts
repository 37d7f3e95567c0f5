import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { extendedPlatform, type Platform, ran } from './enxero.js'

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

/** The example behind its change, compiled, with a client generated from the new schema. */
export async function builtPlatform(): Promise<Platform & { modules: Modules; prisma: object }> {
  const made = await extendedPlatform()
  await ran(made.clone, 'npx prisma generate')
  await ran(made.clone, 'npm run build')
  const require = createRequire(join(made.clone.folder, 'package.json'))
  const { PrismaClient } = require('@prisma/client')
  const { PrismaPg } = require('@prisma/adapter-pg')
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: made.database.url }) })
  onTestFinished(() => prisma.$disconnect())
  const files = ['otp/otp-service', 'otp/otp-routes', 'otp/sms-sender', 'companies/company-id']
  return { ...made, prisma, modules: Object.assign({}, ...files.map((file) => require(`./dist/${file}.js`))) }
}
