import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, ObjectId } from 'mongodb'
import { expect, test } from 'vitest'
import { describeMongo } from '../../packages/godwit/test/support/mongodb.js'
import { serverHas } from '../../packages/godwit/test/support/mongodb-has.js'
import { complaints } from './support/bson-schema.js'
import { typescript } from './support/compile.js'
import { cloneExample, example, type Telemarketing } from './support/telemarketing.js'

const names = ['001-create-initial-collections', '002-split-contact-names', '003-add-user-preferences']
const migrations = 'src/database/migrations'
// Not imported by name: it is compiled with settings of its own.
const first = join(example, migrations, '001-create-initial-collections.ts')
const { validators } = (await import(first)) as { validators: Record<'users' | 'campaigns' | 'contacts', object> }

// As the document prints it.
const documented = `// src/database/migrations/003-add-user-preferences.ts
import * as mongoose from 'mongoose';
import { Migration } from './framework';

export const AddUserPreferencesMigration: Migration = {
  name: '003-add-user-preferences',
  
  up: async (): Promise<void> => {
    const collection = mongoose.connection.collection('users');
    await collection.updateMany(
      { preferences: { $exists: false } },
      { $set: { preferences: {} } }
    );
  },
  
  down: async (): Promise<void> => {
    const collection = mongoose.connection.collection('users');
    await collection.updateMany(
      {},
      { $unset: { preferences: "" } }
    );
  }
};
`

test('it type-checks with its own settings', async () => {
  await typescript('-p', example, '--noEmit')
})

async function history({ db }: Telemarketing): Promise<string[]> {
  const rows = await db.collection('migrations').find().sort({ appliedAt: 1, _id: 1 }).toArray()
  for (const row of rows) expect(Object.keys(row).sort()).toEqual(['_id', 'appliedAt', 'name'])
  return rows.map((row) => String(row.name))
}

/** The states that `npm run migration:list` prints, by name. */
async function listed(clone: Telemarketing): Promise<Record<string, string>> {
  const { out, code } = await clone.run('npm run migration:list')
  const lines = [
    ...out.matchAll(/^\s*(?:\S+\s+)??(applied|pending)\b.*?(\d{3}-[\w-]+)|(\d{3}-[\w-]+)\s+(applied|pending)/gm),
  ]
  expect(code, out).toBeLessThan(4)
  return Object.fromEntries(lines.map(([, a, b, c, d]) => [b ?? c ?? '', a ?? d ?? '']))
}

const { isPassword } = (await import(join(example, 'src/auth/password.ts'))) as {
  isPassword: (password: string, hash: string) => Promise<boolean>
}

const all = (state: string) => Object.fromEntries(names.map((name) => [name, state]))

test('the validators refuse what is wrong', () => {
  const user = { email: 'a@example.com', passwordHash: 'scrypt$1$a$b', role: 'admin', active: true }
  const contact = { campaign: new ObjectId(), phoneNumber: '+12025550101', status: 'new', doNotCall: false }
  expect(complaints(validators.users, user)).toEqual([])
  expect(complaints(validators.contacts, contact)).toEqual([])
  for (const wrong of [{ email: 'A@example.com' }, { passwordHash: 'secret' }, { role: 'owner' }, { active: 1 }])
    expect(complaints(validators.users, { ...user, ...wrong }), JSON.stringify(wrong)).toHaveLength(1)
  for (const wrong of [{ phoneNumber: '202 555 0101' }, { campaign: '1' }, { lastCalledAt: 'today' }])
    expect(complaints(validators.contacts, { ...contact, ...wrong }), JSON.stringify(wrong)).toHaveLength(1)
})

const checked = (db: Db) => db.createCollection('a', { validator: { $jsonSchema: { required: ['a'] } } })
const takesValidators = await serverHas('migrations with validators', checked)
// Some take validators and do not use them.
const usesValidators = await serverHas('what validators refuse', async (db) => {
  const { code } = (await (await checked(db)).insertOne({}).catch((error: unknown) => error)) as { code?: number }
  if (code !== 121) throw new Error('the server takes a document that its validator does not')
})
const testMigrating = test.skipIf(!takesValidators)

describeMongo('on a server with validators', () => {
  test.skipIf(!usesValidators)('validators hold, also for collections that were there before', async () => {
    for (const before of [[], ['users', 'contacts']]) {
      const clone = await cloneExample()
      for (const name of before) await clone.db.createCollection(name)
      const up = await clone.run('npm run migration:up')
      expect(up.code, up.out).toBe(0)
      for (const name of ['users', 'campaigns', 'contacts'])
        await expect(clone.db.collection(name).insertOne({}), name).rejects.toMatchObject({ code: 121 })
      expect((await clone.run('npm run seed')).code).toBe(0)
    }
  })
})

describeMongo('the commands of the document', () => {
  testMigrating('migration:list, migration:up, migration:down', async () => {
    const clone = await cloneExample()
    expect(await listed(clone)).toEqual(all('pending'))
    const up = await clone.run('npm run migration:up')
    expect(up.code, up.out).toBe(0)
    expect(up.out).toContain('001-create-initial-collections: users created')
    expect(await history(clone)).toEqual(names)
    expect(await listed(clone)).toEqual(all('applied'))
    const indexes = async (name: string) =>
      (await clone.db.collection(name).indexes()).map((index) => index.name).sort()
    expect(await indexes('users')).toEqual(['_id_', 'users_email_unique', 'users_role_active'])
    expect(await indexes('campaigns')).toEqual(['_id_', 'campaigns_name_unique', 'campaigns_status'])
    expect(await indexes('contacts')).toEqual(['_id_', 'contacts_campaign_phone_unique', 'contacts_next_call'])
    expect((await clone.run('npm run migration:up')).code).toBe(0)

    for (const left of [2, 1, 0]) {
      const down = await clone.run('npm run migration:down')
      expect(down.code, down.out).toBe(0)
      expect(await history(clone)).toEqual(names.slice(0, left))
    }
    const collections = (await clone.db.listCollections().toArray()).map(({ name }) => name)
    expect(collections.filter((name) => !name.startsWith('godwit_'))).toEqual(['migrations'])
  })

  testMigrating('migration:up:specific leaves the others pending, and migration:up applies them', async () => {
    const clone = await cloneExample()
    const specific = await clone.run('npm run migration:up:specific 003-add-user-preferences')
    expect(specific.code, specific.out).toBe(0)
    expect(await history(clone)).toEqual(['003-add-user-preferences'])
    expect(await listed(clone)).toEqual({ ...all('pending'), '003-add-user-preferences': 'applied' })
    const rest = await clone.run('npm run migration:up')
    expect(rest.code, rest.out).toBe(0)
    expect((await history(clone)).toSorted()).toEqual(names)
  })

  testMigrating('seed creates what is not there, and nothing the second time', async () => {
    const clone = await cloneExample()
    await clone.run('npm run migration:up')
    const everything = async () =>
      Promise.all(
        ['users', 'campaigns', 'contacts', 'godwit_seeds', 'godwit_seed_rows'].map((name) =>
          clone.db.collection(name).find().sort({ _id: 1 }).toArray(),
        ),
      )
    const first = await clone.run('npm run seed')
    expect(first.code, first.out).toBe(0)
    expect(first.out).toMatch(/users +2 inserted\n.*campaigns +1 inserted\n.*contacts +10 inserted\n/)
    const [users = [], campaigns = [], contacts = []] = await everything()
    expect(users.map((user) => user.role)).toEqual(['admin', 'supervisor'])
    for (const { passwordHash } of users) expect(passwordHash).toMatch(/^scrypt\$32768\$[^$]{24}\$[^$]{44}$/)
    expect(await isPassword('admin-for-development', users[0]?.passwordHash)).toBe(true)
    expect(await isPassword('supervisor-for-development', users[1]?.passwordHash)).toBe(true)
    expect(campaigns).toHaveLength(1)
    expect(campaigns[0]?.createdBy).toEqual(users[0]?._id)
    expect(contacts).toHaveLength(10)
    for (const { phoneNumber, campaign } of contacts) {
      expect(phoneNumber).toMatch(/^\+(?:120255501\d\d|4420794\d{5})$/)
      expect(campaign).toEqual(campaigns[0]?._id)
    }
    for (const { name, documents } of [
      { name: 'users', documents: users },
      { name: 'campaigns', documents: campaigns },
      { name: 'contacts', documents: contacts },
    ] as const)
      for (const document of documents) expect(complaints(validators[name], document), name).toEqual([])
    const before = await everything()
    const second = await clone.run('npm run seed')
    expect(second.code, second.out).toBe(0)
    expect(second.out).toMatch(/users +2 unchanged\n.*campaigns +1 unchanged\n.*contacts +10 unchanged\n/)
    expect(await everything()).toEqual(before)
    expect(first.out + second.out + JSON.stringify(before)).not.toContain('-for-development')

    await clone.db.collection('contacts').updateOne({ firstName: 'Ada' }, { $set: { doNotCall: true } })
    const third = await clone.run('npm run seed')
    expect(third.out).toMatch(/contacts +9 unchanged, 1 edited since and kept/)
    expect(await clone.db.collection('contacts').countDocuments({ doNotCall: true })).toBe(1)
  })

  testMigrating('without the migrations nothing keeps a second run from doing it twice: it says so', async () => {
    const clone = await cloneExample()
    const { out, code } = await clone.run('npm run seed')
    expect([code, out]).toEqual([2, expect.stringContaining('nothing keeps (email) unique in users')])
    expect(await clone.db.collection('users').countDocuments()).toBe(0)
  })

  testMigrating('seed:clear says what goes, and seeds anew', async () => {
    const clone = await cloneExample()
    await clone.run('npm run migration:up')
    await clone.run('npm run seed')
    await clone.db.collection('users').insertOne({ email: 'x@example.com' })
    const cleared = await clone.run('npm run seed:clear')
    expect(cleared.code, cleared.out).toBe(0)
    expect(cleared.out).toMatch(/campaigns +1 row\n +contacts +10 rows\n +users +3 rows\n[\s\S]*users .*2 inserted/)
    expect(await clone.db.collection('users').countDocuments()).toBe(2)
    const indexes = (await clone.db.collection('users').indexes()).map(({ name }) => name)
    expect(indexes).toContain('users_email_unique')
    expect(await history(clone)).toEqual(names)
  })

  testMigrating('seed:clear refuses on production, unless the database is named', async () => {
    const clone = await cloneExample()
    await clone.run('npm run migration:up')
    await clone.run('npm run seed')
    const passwords = { SEED_ADMIN_PASSWORD: 'one of their own', SEED_SUPERVISOR_PASSWORD: 'another one' }
    const refused = async (env: Record<string, string>, more = '') => {
      const { out, code } = await clone.run(`npm run seed:clear${more}`, { ...env, ...passwords })
      expect(code, out).toBe(5)
      expect(out).toContain('is a production database')
      expect(out).toContain(`--confirm ${clone.name}`)
      expect(out).toMatch(/users +2 rows/)
      expect(await clone.db.collection('users').countDocuments()).toBe(2)
    }
    await refused({ NODE_ENV: 'production' })
    await refused({ NODE_ENV: 'production' }, ' -- --confirm other')
    const marked = await clone.run('npx godwit protect --yes')
    expect(marked.code, marked.out).toBe(0)
    await refused({})
    const told = await clone.run(`npm run seed:clear -- --confirm ${clone.name}`, passwords)
    expect(told.code, told.out).toBe(0)
    expect(told.out).toContain('13 rows cleared')
    const admin = await clone.db.collection('users').findOne({ role: 'admin' })
    expect(await isPassword('one of their own', admin?.passwordHash)).toBe(true)
  })

  testMigrating('in production nobody gets the password of the source', async () => {
    const clone = await cloneExample()
    await clone.run('npm run migration:up')
    const { out, code } = await clone.run('npm run seed', { NODE_ENV: 'production' })
    expect([code, out]).toEqual([7, expect.stringContaining('Set SEED_ADMIN_PASSWORD')])
    expect(await clone.db.collection('users').countDocuments()).toBe(0)
    const env = { NODE_ENV: 'production', SEED_ADMIN_PASSWORD: 'a', SEED_SUPERVISOR_PASSWORD: 'b' }
    expect((await clone.run('npm run seed', env)).code).toBe(0)
    const typed = { ...env, SEED_ADMIN_PASSWORD: 'admin-for-development' }
    const readable = await clone.run('npm run seed', typed)
    expect([readable.code, readable.out]).toEqual([5, expect.stringContaining('a password stands in its file')])
  })

  testMigrating('in the wrong order, and twice: nothing is done that was not asked for', async () => {
    const clone = await cloneExample()
    const run = async (line: string) => {
      const { out, code } = await clone.run(line)
      expect(code, out).toBe(0)
      return out
    }
    expect(await run('npm run migration:down')).toContain('Nothing to')
    expect(await history(clone)).toEqual([])
    const specific = 'npm run migration:up:specific 003-add-user-preferences'
    expect(await run(specific)).toContain('003-add-user-preferences')
    expect(await run(specific)).toContain('Nothing to')
    // The last that was applied, though not the last of the list.
    await run('npm run migration:down')
    expect(await history(clone)).toEqual([])
    await run('npm run migration:up')
    expect(await run('npm run migration:up')).toContain('Nothing to')
    // Cleared before anything was seeded, and again.
    for (let time = 0; time < 2; time++) expect(await run('npm run seed:clear')).toMatch(/users .*2 inserted/)
    expect(await clone.db.collection('users').countDocuments()).toBe(2)
    expect(await history(clone)).toEqual(names)
  })

  test('with the database down one sentence says so, with no password in it', async () => {
    const clone = await cloneExample()
    const down = { MONGODB_URI: 'mongodb://someone:secret@127.0.0.1:1/none' }
    const lines = ['seed', 'seed:clear', 'migration:list', 'migration:up', 'migration:down']
    // At once: each waits for a server as long as the driver does.
    const ran = await Promise.all(lines.map((line) => clone.run(`npm run ${line}`, down)))
    for (const [i, { out, code }] of ran.entries()) {
      expect([lines[i], code, out]).toEqual([lines[i], 8, expect.stringContaining('127.0.0.1:1')])
      expect(out).not.toContain('secret')
    }
  })
})

describeMongo('the data migration', () => {
  testMigrating('splits the names of existing contacts and joins them to what they were', async () => {
    const clone = await cloneExample()
    await clone.run('npm run migration:up:specific 001-create-initial-collections')
    const given = ['Ann Lee', 'Prince', 'Maria da Silva', 'Two  Blanks', ' leading', 'trailing ', '']
    const campaign = clone.db.collection('campaigns')
    const contacts = clone.db.collection<{ _id: number; name?: string; firstName?: string; lastName?: string }>(
      'contacts',
    )
    expect(await campaign.countDocuments()).toBe(0)
    const many = Array.from({ length: 2_500 }, (_, i) => given[i] ?? `First${i} Last${i}`)
    await contacts.insertMany(many.map((name, i) => ({ _id: i, name, campaign: 1, phoneNumber: `+1202555${i}` })))
    const names = async () => (await contacts.find().sort({ _id: 1 }).toArray()).map(({ name }) => name)

    const up = await clone.run('npm run migration:up:specific 002-split-contact-names')
    expect(up.code, up.out).toBe(0)
    for (const done of [1000, 2000, 2500]) expect(up.out).toContain(`002-split-contact-names: ${done} of 2500 contacts`)
    expect(await contacts.findOne({ _id: 2 }, { projection: { firstName: 1, lastName: 1, name: 1 } })).toEqual({
      _id: 2,
      firstName: 'Maria',
      lastName: 'da Silva',
    })
    expect(await contacts.findOne({ _id: 1 }, { projection: { firstName: 1, lastName: 1, name: 1 } })).toEqual({
      _id: 1,
      firstName: 'Prince',
    })
    expect(await contacts.countDocuments({ name: { $exists: true } })).toBe(0)
    const down = await clone.run('npm run migration:down')
    expect(down.code, down.out).toBe(0)
    expect(await names()).toEqual(many)
  })
})

describeMongo('a new migration, as the document tells', () => {
  // A dozen commands through npm and two type checks: on a busy machine more than a minute.
  testMigrating('003 is added by hand, and 004 after it', { timeout: 240_000 }, async () => {
    const clone = await cloneExample()
    const array = await clone.read(`${migrations}/run-migrations.ts`)
    await rm(join(clone.folder, migrations, '003-add-user-preferences.ts'))
    await clone.write(`${migrations}/run-migrations.ts`, array.replace(/.*AddUserPreferencesMigration.*\n/g, ''))
    expect(Object.keys(await listed(clone))).toEqual(names.slice(0, 2))
    await clone.run('npm run migration:up')
    await clone.run('npm run seed')
    await clone.db.collection('users').updateMany({}, { $unset: { preferences: 1 } })

    await clone.write(`${migrations}/003-add-user-preferences.ts`, documented)
    const unlisted = await clone.run('npm run migration:list')
    expect(unlisted.out).toContain('003-add-user-preferences.ts is not in the array of')
    await clone.write(
      `${migrations}/run-migrations.ts`,
      `import { AddUserPreferencesMigration } from './003-add-user-preferences';
${(await clone.read(`${migrations}/run-migrations.ts`)).replace('\n]', '\n  AddUserPreferencesMigration,\n]')}`,
    )
    await typescript('-p', clone.folder, '--noEmit')
    const up = await clone.run('npm run migration:up')
    expect(up.code, up.out).toBe(0)
    const users = clone.db.collection('users')
    expect((await users.find().toArray()).map((user) => user.preferences)).toEqual([{}, {}])
    const down = await clone.run('npm run migration:down')
    expect(down.code, down.out).toBe(0)
    expect(await users.countDocuments({ preferences: { $exists: true } })).toBe(0)
    await clone.run('npm run migration:up')

    const created = await clone.run('npm run migration:create call-notes')
    expect(created.code, created.out).toBe(0)
    expect(created.out).toMatch(/wrote .*004-call-notes\.ts\nchanged .*run-migrations\.ts/)
    expect(await listed(clone)).toEqual({ ...all('applied'), '004-call-notes': 'pending' })
    expect((await clone.run('npm run migration:up')).code).toBe(0)
    expect(await history(clone)).toEqual([...names, '004-call-notes'])
    await typescript('-p', clone.folder, '--noEmit')
  })
})
