import { readdir } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { hasPostgresTools } from '../../packages/godwit/test/support/postgres-tools.js'
import {
  contents,
  filledPlatform,
  generate,
  init,
  migrations,
  type Platform,
  phoneNumbers,
  ran,
  replaceSchema,
  settlePhones,
} from './support/enxero.js'

/** A database as `pg_dump` prints it, without the key that each dump has of its own. */
async function dumped({ clone }: Platform): Promise<string> {
  const out = await ran(clone, 'pg_dump $DATABASE_URL')
  return out.replace(/^\\(un)?restrict .*$/gm, '')
}

/** The platform behind step 1 and the change, with what the database was before. */
async function changed() {
  const made = await filledPlatform()
  const before = {
    dump: await dumped(made),
    rows: await contents(made.database),
    numbers: await phoneNumbers(made.database),
  }
  await ran(made.clone, 'pg_dump $DATABASE_URL > backup_$(date +%Y%m%d_%H%M%S).sql')
  const [backup = ''] = (await readdir(made.clone.folder)).filter((name) => /^backup_\d{8}_\d{6}\.sql$/.test(name))
  await replaceSchema(made.clone)
  await generate(made.clone)
  await settlePhones(made.clone)
  await ran(made.clone, 'npx godwit up')
  return { made, before, backup }
}

describe.skipIf(!hasPostgresTools)("the document's rollback plan", { timeout: 240_000 }, () => {
  test('with the new folders put aside and the database emptied: catalogue and rows are what they were', async () => {
    const { made, before, backup } = await changed()
    const { clone, database } = made
    expect(await contents(database)).toEqual(before.rows)
    await ran(clone, 'cp prisma/schema-backup.prisma prisma/schema.prisma')
    await ran(clone, 'mkdir -p aside')
    await ran(
      clone,
      'mv prisma/migrations/*_settle_shared_phone_numbers prisma/migrations/*_add_otp_and_company_extensions aside/',
    )
    expect(await ran(clone, 'npx prisma migrate reset --force')).toContain('Database reset successful')
    await ran(clone, 'psql $DATABASE_URL < prisma/empty-database.sql')
    expect(await ran(clone, `psql $DATABASE_URL < ${backup}`)).not.toContain('ERROR')

    expect(await dumped(made)).toBe(before.dump)
    expect([await contents(database), await phoneNumbers(database)]).toEqual([before.rows, before.numbers])
    expect(await migrations(clone)).toEqual([init])
    expect(await ran(clone, 'npx godwit status --check')).toContain('1 applied')
    expect(await ran(clone, 'npx prisma migrate status')).toContain('Database schema is up to date!')
  })

  test('in its own order: the reset applies the change again, and the restore collides with it', async () => {
    const { made, backup } = await changed()
    const { clone, database } = made
    await ran(clone, 'cp prisma/schema-backup.prisma prisma/schema.prisma')
    expect(await ran(clone, 'npx prisma migrate reset --force')).toContain('add_otp_and_company_extensions')
    const { out } = await clone.run(`psql $DATABASE_URL < ${backup}`)
    expect(out).toContain('ERROR:  relation "users" already exists')
    expect(out).toContain('ERROR:  duplicate key value violates unique constraint "users_phoneNumber_key"')
    expect(await database.query('SELECT count(*)::int AS users FROM users')).toEqual([{ users: 0 }])

    // The way out is the tutorial's: nothing is lost as long as there is the backup.
    await ran(clone, 'psql $DATABASE_URL < prisma/empty-database.sql')
    expect(await ran(clone, `psql $DATABASE_URL < ${backup}`)).not.toContain('ERROR')
    expect(await database.query('SELECT count(*)::int AS users FROM users')).toEqual([{ users: 500 }])
  })

  test("by Godwit's own backup and restore: refused where something is there, and whole with --clean", async () => {
    const made = await filledPlatform()
    const { clone, database } = made
    const [before, rows] = [await dumped(made), await contents(database)]
    await ran(clone, 'npx godwit backup backups/before.dump')
    await replaceSchema(clone)
    await generate(clone)
    await settlePhones(clone)
    await ran(clone, 'npx godwit up')
    const changed = await dumped(made)
    const refused = await clone.run('npx godwit restore backups/before.dump')
    expect(refused).toMatchObject({ code: 5, out: expect.stringContaining('--clean') })
    expect(await dumped(made)).toBe(changed)

    await ran(clone, 'cp prisma/schema-backup.prisma prisma/schema.prisma')
    await ran(
      clone,
      `rm -r prisma/migrations/*_settle_shared_phone_numbers prisma/migrations/*_add_otp_and_company_extensions`,
    )
    await ran(clone, 'npx godwit restore backups/before.dump --clean --yes')
    expect(await contents(database)).toEqual(rows)
    expect(await dumped(made)).toBe(before)
    expect(await ran(clone, 'npx prisma migrate status')).toContain('Database schema is up to date!')
  })
})
