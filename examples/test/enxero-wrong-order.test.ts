import { describe, expect, test } from 'vitest'
import { contents, filledPlatform, generate, phoneNumbers, platform, ran, replaceSchema } from './support/enxero.js'
import { hasTerminal, onTerminal } from './support/terminal.js'

const developed = 'npx prisma migrate dev --name "add-otp-and-company-extensions"'

describe('in the wrong order, and twice', { timeout: 240_000 }, () => {
  test('the schema replaced twice; applied before it was generated; looked at before it was applied', async () => {
    const { database, clone } = await filledPlatform()
    const [before, numbers] = [await contents(database), await phoneNumbers(database)]
    // Nothing new is there yet.
    expect(await ran(clone, 'npx prisma migrate deploy')).toContain('No pending migrations to apply.')
    expect((await clone.run('npx godwit generate nothing')).code).toBe(4)
    expect(await ran(clone, 'npx godwit up')).toContain('Nothing to do')
    // Restored before there is a backup.
    expect((await clone.run('cp prisma/schema-backup.prisma prisma/schema.prisma')).code).not.toBe(0)

    await replaceSchema(clone)
    await generate(clone)
    // Twice: the history has what the schema says.
    expect((await clone.run('npx godwit generate add-otp-and-company-extensions')).code).toBe(4)
    expect((await clone.run('npx prisma migrate status')).code).toBe(1)
    expect((await clone.run('npx godwit status --check')).code).not.toBe(0)
    for (let time = 0; time < 2; time++)
      expect(await clone.run('npx godwit up')).toMatchObject({
        code: 5,
        out: expect.stringContaining('GODWIT_PREFLIGHT'),
      })
    expect([await contents(database), await phoneNumbers(database)]).toEqual([before, numbers])
  })

  test('the data fix behind the change that needs it: said, and taken in its order when it is meant', async () => {
    const { database, clone } = await filledPlatform()
    const numbers = await phoneNumbers(database)
    await replaceSchema(clone)
    await generate(clone)
    await ran(
      clone,
      'cp -r prisma/data-fixes/20250109090000_settle_shared_phone_numbers prisma/migrations/20990101000000_settle',
    )
    const late = await clone.run('npx godwit up')
    expect(late).toMatchObject({ code: 5, out: expect.stringContaining('GODWIT_PREFLIGHT') })
    expect(await phoneNumbers(database)).toEqual(numbers)
    await ran(
      clone,
      'mv prisma/migrations/20990101000000_settle prisma/migrations/20250109090000_settle_shared_phone_numbers',
    )
    await ran(clone, 'npx godwit up')
    expect(await phoneNumbers(database, true)).toEqual(numbers)
  })

  test('on an empty database, from nothing to the end, and again', async () => {
    const { clone } = await platform()
    await replaceSchema(clone)
    await generate(clone)
    await ran(clone, 'npx prisma migrate deploy')
    expect(await ran(clone, 'npx prisma migrate deploy')).toContain('No pending migrations to apply.')
    if (hasTerminal) expect((await onTerminal(clone, developed)).out).toContain('Already in sync')
    await ran(clone, 'npx prisma migrate reset --force')
    await ran(clone, 'npx prisma migrate reset --force')
    expect(await ran(clone, 'npx godwit status --check')).toContain('2 applied')
  })
})

test('with the database down: one clear message each, no password in it', { timeout: 240_000 }, async () => {
  const down = 'postgres://postgres:secret@127.0.0.1:1/enxero'
  const { clone } = await platform(undefined, { DATABASE_URL: down })
  for (const line of [
    'npx godwit up',
    'npx godwit status',
    'npx godwit plan',
    'npx godwit reset --yes',
    'npx godwit pull',
  ]) {
    const { code, out } = await clone.run(line)
    expect(code, `${line}\n${out}`).toBe(8)
    expect(out).toContain('127.0.0.1:1')
    expect(out).not.toContain('secret')
  }
  for (const line of ['deploy', 'status', 'reset --force']) {
    const { code, out } = await clone.run(`npx prisma migrate ${line}`)
    expect(code, `${line}\n${out}`).toBe(1)
    expect(out).toContain('P1001')
    expect(out).not.toContain('secret')
  }
  // None of these needs one.
  for (const line of ['npx prisma validate', 'npx prisma generate', 'npx godwit validate']) await ran(clone, line)
  await replaceSchema(clone)
  await generate(clone)
})
