import { hashPassword } from '../../auth/password'
import { Campaign } from '../../models/campaign'
import { Contact } from '../../models/contact'
import { User, UserFields } from '../../models/user'
import { withDatabase } from '../connect'
import { clear } from './clear'

/** The first two users. Their passwords are for development; in production the variables must be set. */
const users: { email: string; name: string; role: UserFields['role']; variable: string; password: string }[] = [
  {
    email: 'admin@example.com',
    name: 'Default Admin',
    role: 'admin',
    variable: 'SEED_ADMIN_PASSWORD',
    password: 'admin-for-development',
  },
  {
    email: 'supervisor@example.com',
    name: 'Default Supervisor',
    role: 'supervisor',
    variable: 'SEED_SUPERVISOR_PASSWORD',
    password: 'supervisor-for-development',
  },
]

const campaign = {
  name: 'Demo campaign',
  goal: 'Make an appointment for a demonstration',
  script: 'Hello {firstName}, may I tell you about our new service?',
  status: 'active' as const,
}

/** Numbers from the ranges that are reserved for fiction: +1 202 555 0100 to 0199, and +44 20 7946 0000 to 0999. */
const contacts: { firstName: string; lastName: string; phoneNumber: string }[] = [
  { firstName: 'Ada', lastName: 'Alder', phoneNumber: '+12025550101' },
  { firstName: 'Ben', lastName: 'Birch', phoneNumber: '+12025550102' },
  { firstName: 'Cleo', lastName: 'Cedar', phoneNumber: '+12025550103' },
  { firstName: 'Dan', lastName: 'Dogwood', phoneNumber: '+12025550104' },
  { firstName: 'Eve', lastName: 'Elm', phoneNumber: '+12025550105' },
  { firstName: 'Finn', lastName: 'Fir', phoneNumber: '+442079460101' },
  { firstName: 'Gwen', lastName: 'Ginkgo', phoneNumber: '+442079460102' },
  { firstName: 'Hal', lastName: 'Hazel', phoneNumber: '+442079460103' },
  { firstName: 'Ivy', lastName: 'Ironwood', phoneNumber: '+442079460104' },
  { firstName: 'Jon', lastName: 'Juniper', phoneNumber: '+442079460105' },
]

/** Creates what is not there yet; more seeds go in here. */
async function seed(): Promise<void> {
  for (const { email, name, role, variable, password } of users) {
    if (await User.exists({ email })) {
      console.log(`exists   ${role} user ${email}`)
      continue
    }
    await User.create({ email, name, role, passwordHash: await hashPassword(passwordOf(variable, password)) })
    console.log(`created  ${role} user ${email}`)
  }
  const demo = await campaignOnce()
  let created = 0
  for (const contact of contacts) {
    if (await Contact.exists({ campaign: demo._id, phoneNumber: contact.phoneNumber })) continue
    await Contact.create({ ...contact, campaign: demo._id })
    created++
  }
  console.log(`created  ${created} contacts, ${contacts.length - created} exist`)
}

async function campaignOnce() {
  const existing = await Campaign.findOne({ name: campaign.name })
  if (existing !== null) {
    console.log(`exists   campaign ${campaign.name}`)
    return existing
  }
  const admin = await User.findOne({ role: 'admin' }).orFail()
  const created = await Campaign.create({ ...campaign, createdBy: admin._id })
  console.log(`created  campaign ${campaign.name}`)
  return created
}

function passwordOf(variable: string, forDevelopment: string): string {
  const given = process.env[variable]
  if (given) return given
  if (process.env.NODE_ENV !== 'production') return forDevelopment
  throw new Error(`Set ${variable}: in production nobody gets a password that everybody can read.`)
}

function option(name: string): string | undefined {
  return process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3)
}

withDatabase(async (name) => {
  if (process.argv.includes('--clear')) await clear(name, option('production'))
  await seed()
}).catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
