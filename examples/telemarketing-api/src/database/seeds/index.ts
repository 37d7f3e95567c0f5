import { defineSeed, hash, ref } from 'godwit'
import { hashPassword, isPassword } from '../../auth/password'

/** The same at every run, so that a document that is there is the same. */
const at = new Date('2025-01-01T00:00:00Z')
const timestamps = { createdAt: at, updatedAt: at }
const scrypt = { with: { hash: hashPassword, verify: isPassword } }

/** The first two users. Their passwords are for development; in production the variables must be set. */
export const users = defineSeed({
  collection: 'users',
  key: ['email'],
  rows: ({ env }) => [
    {
      email: 'admin@example.com',
      name: 'Default Admin',
      role: 'admin',
      passwordHash: hash(passwordOf('SEED_ADMIN_PASSWORD', 'admin-for-development', env), scrypt),
      active: true,
      preferences: {},
      ...timestamps,
    },
    {
      email: 'supervisor@example.com',
      name: 'Default Supervisor',
      role: 'supervisor',
      passwordHash: hash(passwordOf('SEED_SUPERVISOR_PASSWORD', 'supervisor-for-development', env), scrypt),
      active: true,
      preferences: {},
      ...timestamps,
    },
  ],
})

export const campaigns = defineSeed({
  collection: 'campaigns',
  key: ['name'],
  rows: [
    {
      name: 'Demo campaign',
      goal: 'Make an appointment for a demonstration',
      script: 'Hello {firstName}, may I tell you about our new service?',
      status: 'active',
      createdBy: ref('users', { email: 'admin@example.com' }),
      ...timestamps,
    },
  ],
})

/** Numbers from the ranges that are reserved for fiction: +1 202 555 0100 to 0199, and +44 20 7946 0000 to 0999. */
const people = [
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

/** More seeds go in here: each is an export. */
export const contacts = defineSeed({
  collection: 'contacts',
  key: ['campaign', 'phoneNumber'],
  rows: people.map((person) => ({
    campaign: ref('campaigns', { name: 'Demo campaign' }),
    ...person,
    status: 'new',
    doNotCall: false,
    ...timestamps,
  })),
})

function passwordOf(variable: string, forDevelopment: string, env: string): string {
  const given = process.env[variable]
  if (given) return given
  if (env !== 'production') return forDevelopment
  throw new Error(`Set ${variable}: in production nobody gets a password that everybody can read.`)
}
