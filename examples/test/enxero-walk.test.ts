import { describe, expect, test } from 'vitest'
import {
  contents,
  extension,
  filledPlatform,
  fix,
  init,
  migrations,
  type Platform,
  phoneNumbers,
  ran,
} from './support/enxero.js'
import { hasTerminal, onTerminal } from './support/terminal.js'

const developed = 'npx prisma migrate dev --name "add-otp-and-company-extensions"'

/** Step 2 of the document. */
async function replaceSchema({ clone }: Platform) {
  await ran(clone, 'cp prisma/schema.prisma prisma/schema-backup.prisma')
  await ran(clone, 'cp prisma/schema-updated.prisma prisma/schema.prisma')
}

/** What the tutorial puts between the steps 2 and 3. */
async function lookFirst({ database, clone }: Platform) {
  await ran(clone, 'npx godwit generate add-otp-and-company-extensions')
  await ran(
    clone,
    'tee -a prisma/migrations/*_add_otp_and_company_extensions/migration.sql < prisma/data-fixes/company-status-check.sql',
  )
  const looked = await ran(clone, 'npx godwit plan --show-values')
  expect(looked).toContain('3 values of "phoneNumber" are used by 6 rows of users')
  for (const number of ['+254700000001', '+254700000002', '+254700000003']) expect(looked).toContain(number)
  const before = await contents(database)
  const refused = await clone.run('npx godwit up')
  expect(refused).toMatchObject({ code: 5, out: expect.stringContaining('GODWIT_PREFLIGHT') })
  expect(await contents(database)).toEqual(before)
  await ran(clone, `cp -r prisma/data-fixes/${fix} prisma/migrations/`)
}

describe("the document's steps", { timeout: 240_000 }, () => {
  test.skipIf(!hasTerminal)('2 to 6, all by Prisma, behind a look by Godwit', async () => {
    const made = await filledPlatform()
    const { database, clone } = made
    const [before, numbers] = [await contents(database), await phoneNumbers(database)]
    await replaceSchema(made)
    await lookFirst(made)
    const { code, out } = await onTerminal(clone, developed)
    expect(code, out).toBe(0)
    expect(out).toContain(fix)
    expect(await ran(clone, 'npx prisma migrate deploy')).toContain('No pending migrations to apply.')
    expect(await ran(clone, 'npx prisma generate')).toContain('Generated Prisma Client')
    expect(await ran(clone, 'npx prisma migrate status')).toContain('Database schema is up to date!')
    expect(await ran(clone, 'npx godwit status --check')).toContain('3 applied')
    expect(await migrations(clone)).toEqual([init, fix, expect.stringMatching(extension)])
    expect(await contents(database)).toEqual(before)
    expect(await phoneNumbers(database, true)).toEqual(numbers)
  })
})
