import { describe, expect, test } from 'vitest'
import { readCatalogue } from './support/catalogue.js'
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
  ran,
  replaceSchema,
  settlePhones,
} from './support/enxero.js'
import { hasTerminal, onTerminal } from './support/terminal.js'

describe("Godwit's commands and Prisma's take turns", { timeout: 240_000 }, () => {
  test('Godwit looks and writes, Prisma applies; Godwit takes back, Prisma applies again', async () => {
    const { database, clone } = await filledPlatform()
    const [before, numbers] = [await contents(database), await phoneNumbers(database)]
    const catalogue = await readCatalogue(database, '_prisma_migrations')
    await replaceSchema(clone)
    await generate(clone)
    expect((await clone.run('npx prisma migrate status')).out).toContain('add_otp_and_company_extensions')
    await settlePhones(clone)
    expect(await ran(clone, 'npx prisma migrate deploy')).toContain('All migrations have been successfully applied.')
    const changed = await readCatalogue(database, '_prisma_migrations')
    expect(await ran(clone, 'npx godwit status --check')).toContain('3 applied')
    expect(await ran(clone, 'npx godwit up')).toContain('Nothing to do')

    await ran(clone, 'npx godwit down')
    await ran(clone, 'npx godwit down')
    expect([await contents(database), await phoneNumbers(database)]).toEqual([before, numbers])
    expect(await readCatalogue(database, '_prisma_migrations')).toEqual(catalogue)
    const pending = await clone.run('npx prisma migrate status')
    expect(pending).toMatchObject({
      code: 1,
      out: expect.stringMatching(/not yet been applied[\s\S]*settle[\s\S]*add_otp/),
    })
    await ran(clone, 'npx prisma migrate deploy')
    expect(await readCatalogue(database, '_prisma_migrations')).toEqual(changed)
    expect(await contents(database)).toEqual(before)
  })

  test('dev, pull, validate and reset of Godwit; the history is the one that Prisma sees', async () => {
    const { database, clone } = await filledPlatform()
    await replaceSchema(clone)
    await settlePhones(clone)
    const before = await contents(database)
    await ran(clone, 'npx godwit dev add-otp-and-company-extensions')
    expect(await migrations(clone)).toEqual([init, fix, expect.stringMatching(extension)])
    expect(await contents(database)).toEqual(before)
    expect(await ran(clone, 'npx prisma migrate status')).toContain('Database schema is up to date!')
    await ran(clone, 'npx godwit validate')
    await ran(clone, 'npx godwit pull')
    await ran(clone, 'npx prisma validate')
    await ran(clone, 'npx godwit reset --yes')
    expect(await database.query('SELECT count(*)::int AS users FROM users')).toEqual([{ users: 0 }])
    expect(await ran(clone, 'npx prisma migrate status')).toContain('Database schema is up to date!')
  })

  test('reset by Prisma, with the numbers still kept that the data fix took', async () => {
    const { database, clone } = await extendedPlatform()
    expect(await ran(clone, 'npx prisma migrate reset --force')).toContain('Database reset successful')
    expect(await ran(clone, 'npx godwit status --check')).toContain('3 applied')
    expect(await database.query('SELECT count(*)::int AS kept FROM archive.released_phone_numbers')).toEqual([
      { kept: 3 },
    ])
  })

  test.skipIf(!hasTerminal)(
    'without a look, Prisma fails at the shared numbers: nothing is lost, and there is a way on',
    async () => {
      const { database, clone } = await filledPlatform()
      const [before, numbers] = [await contents(database), await phoneNumbers(database)]
      await replaceSchema(clone)
      const failed = await onTerminal(clone, 'npx prisma migrate dev --name "add-otp-and-company-extensions"')
      expect(failed.code).not.toBe(0)
      expect(failed.out).toContain('Unique constraint failed: (phoneNumber)')
      expect([await contents(database), await phoneNumbers(database)]).toEqual([before, numbers])
      expect(await clone.run('npx prisma migrate deploy')).toMatchObject({
        code: 1,
        out: expect.stringContaining('P3009'),
      })
      expect(await clone.run('npx godwit up')).toMatchObject({ code: 5, out: expect.stringContaining('--rolled-back') })

      const [, name = ''] = await migrations(clone)
      await ran(clone, `npx godwit resolve ${name} --rolled-back`)
      await settlePhones(clone)
      await ran(clone, 'npx godwit up')
      expect(await ran(clone, 'npx prisma migrate status')).toContain('Database schema is up to date!')
      expect([await contents(database), await phoneNumbers(database, true)]).toEqual([before, numbers])
    },
  )
})
