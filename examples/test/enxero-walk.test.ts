import { describe, expect, test } from 'vitest'
import {
  contents,
  extendedPlatform,
  extension,
  filledPlatform,
  fix,
  generate,
  init,
  migrations,
  phoneNumbers,
  platform,
  ran,
  replaceSchema,
  settlePhones,
} from './support/enxero.js'
import { hasTerminal, onTerminal } from './support/terminal.js'

const developed = 'npx prisma migrate dev --name "add-otp-and-company-extensions"'

// The document's line, with the adapter that Prisma 7 wants.
const check = `node -e "
const { PrismaClient } = require('@prisma/client');
const { PrismaPg } = require('@prisma/adapter-pg');
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });
console.log('✅ Prisma client works!');
prisma.\\$disconnect();
"`

const programHead = `const { PrismaClient } = require('@prisma/client')
const { PrismaPg } = require('@prisma/adapter-pg')
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) })
main().finally(() => prisma.$disconnect())
`

describe("the document's steps", { timeout: 240_000 }, () => {
  test.skipIf(!hasTerminal)('2 to 6 by Prisma, behind a look by Godwit: no row is lost', async () => {
    const { database, clone } = await filledPlatform()
    const [before, numbers] = [await contents(database), await phoneNumbers(database)]
    await replaceSchema(clone)
    await generate(clone)

    const { code: failing, out: looked } = await clone.run('npx godwit plan --show-values')
    expect(failing).toBe(3)
    expect(looked).toContain('3 values of "phoneNumber" are used by 6 rows of users')
    for (const number of ['+254700000001', '+254700000002', '+254700000003']) expect(looked).toContain(number)
    const refused = await clone.run('npx godwit up')
    expect(refused).toMatchObject({
      code: 5,
      out: expect.stringContaining('3 values of "phoneNumber" are used by 6 rows'),
    })
    expect(refused.out).not.toContain('+2547')
    expect([await contents(database), await phoneNumbers(database)]).toEqual([before, numbers])

    await settlePhones(clone)
    const { code, out } = await onTerminal(clone, developed)
    expect(code, out).toBe(0)
    expect(await ran(clone, 'npx prisma migrate deploy')).toContain('No pending migrations to apply.')
    expect(await ran(clone, 'npx prisma generate')).toContain('Generated Prisma Client')
    expect(await ran(clone, 'npx prisma migrate status')).toContain('Database schema is up to date!')
    expect(await ran(clone, 'npx godwit status --check')).toContain('3 applied')
    expect(await migrations(clone)).toEqual([init, fix, expect.stringMatching(extension)])
    expect(await contents(database)).toEqual(before)
    expect(await phoneNumbers(database, true)).toEqual(numbers)
  })

  test.skipIf(!hasTerminal)(
    '3 where Prisma writes the migration itself, behind the data fix that is pending',
    async () => {
      const { database, clone } = await filledPlatform()
      const before = await contents(database)
      await replaceSchema(clone)
      await settlePhones(clone)
      const { code, out } = await onTerminal(clone, developed)
      expect(code, out).toBe(0)
      expect(out).toContain(
        'A unique constraint covering the columns `[phoneNumber]` on the table `users` will be added.',
      )
      expect(await migrations(clone)).toEqual([init, fix, expect.stringMatching(extension)])
      expect(await ran(clone, 'npx godwit status --check')).toContain('3 applied')
      expect(await contents(database)).toEqual(before)
    },
  )

  test('6: the studio answers, and is stopped', async () => {
    const { clone } = await extendedPlatform()
    const studio = clone.start('npx prisma studio')
    const [, url = ''] = (await studio.printed('running at: http')).match(/running at: (http:\S+)/) ?? []
    expect((await fetch(url)).status).toBe(200)
    await studio.interrupt()
    await expect(fetch(url)).rejects.toThrow()
  })

  test('after it: pull, validate, the check, and a record of every model', async () => {
    const { database, clone } = await extendedPlatform()
    await ran(clone, 'npx prisma generate')
    expect(await ran(clone, 'npx prisma db pull')).toContain('Introspected 4 models')
    expect(await ran(clone, 'npx prisma validate')).toContain('is valid')
    expect(await ran(clone, check)).toBe('✅ Prisma client works!\n')
    // What was pulled and what was written say the same.
    expect((await clone.run('npx godwit generate nothing')).code).toBe(4)

    await clone.write(
      'records.cjs',
      `${programHead}async function main() {
  const company = await prisma.company.create({ data: { name: 'Umoja', email: 'a@umoja.example', companyId: 'KE-UMOJA-1', countryCode: 'KE' } })
  const user = await prisma.user.create({
    data: {
      email: 'ann@umoja.example', passwordHash: 'x', firstName: 'Ann', lastName: 'A', phoneNumber: '+254711111111', companyId: company.id,
      refreshTokens: { create: { tokenHash: 't'.repeat(64), expiresAt: new Date('2030-01-01'), deviceId: 'd', ipAddress: '::1' } },
      otps: { create: { phoneNumber: '+254711111111', type: 'LOGIN', codeHash: 'h', expiresAt: new Date('2030-01-01') } },
    },
    include: { company: true, refreshTokens: true, otps: true },
  })
  console.log([user.company.status, user.phoneVerified, user.refreshTokens[0].revoked, user.otps[0].status, user.otps[0].attempts].join(' '))
}
`,
    )
    expect(await ran(clone, 'node records.cjs')).toContain('PENDING_VERIFICATION false false PENDING 0\n')
    const wrong = `UPDATE companies SET status = 'ASLEEP' WHERE name = 'Umoja'`
    await expect(database.query(wrong)).rejects.toMatchObject({ constraint: 'companies_status_check' })
  })
})

test('a client that was generated from the old schema goes on, before and behind the change', {
  timeout: 240_000,
}, async () => {
  const { database, clone } = await filledPlatform()
  const old = (await platform(database)).clone
  await ran(old, 'npx prisma generate')
  await old.write(
    'old.cjs',
    `${programHead}async function main() {
  const number = process.argv[2]
  const company = await prisma.company.create({ data: { name: 'Old', email: number + '@old.example' } })
  const user = await prisma.user.create({
    data: { email: number + '@users.example', passwordHash: 'x', firstName: 'O', lastName: 'L', phoneNumber: number, companyId: company.id,
      refreshTokens: { create: { tokenHash: number, expiresAt: new Date('2030-01-01') } } },
    include: { company: true, refreshTokens: true },
  })
  await prisma.user.update({ where: { id: user.id }, data: { firstName: 'Older' } })
  await prisma.refreshToken.deleteMany({ where: { userId: user.id } })
  console.log(user.company.name, user.refreshTokens.length, await prisma.user.count({ where: { phoneNumber: number } }))
}
`,
  )
  expect(await ran(old, 'node old.cjs +254799999991')).toContain('Old 1 1\n')
  await replaceSchema(clone)
  await generate(clone)
  await settlePhones(clone)
  await ran(clone, 'npx godwit up')
  expect(await ran(old, 'node old.cjs +254799999992')).toContain('Old 1 1\n')
  // What the change is about: a number that somebody has is refused.
  await old.write('old.cjs', (await old.read('old.cjs')).replaceAll("number + '@", "'second' + number + '@"))
  expect(await old.run('node old.cjs +254799999992')).toMatchObject({ code: 1, out: expect.stringContaining('P2002') })
})
