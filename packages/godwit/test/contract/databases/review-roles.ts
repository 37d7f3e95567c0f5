import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject, TestTarget } from '../subject.js'

/** A role that a migration sets for itself writes none of the records, and hides no error (rule 19). */
export function roleContract(subject: Subject): void {
  test.each([
    [
      'outside of a transaction',
      (role: string) =>
        `create table x (id int);\nalter table x owner to ${role};\nset role ${role};\ncreate index concurrently xi on x (id);`,
      "select pg_get_userbyid(relowner)::text as owner from pg_class where relname = 'xi'",
    ],
    [
      'in transactions of its own',
      (role: string) =>
        `begin;\nset role ${role};\ncreate table x (id int);\ncommit;\nbegin;\ncreate index xi on x (id);\ncommit;`,
      "select pg_get_userbyid(relowner)::text as owner from pg_class where relname = 'xi'",
    ],
    [
      'in one transaction',
      (role: string) => `set role ${role};\ncreate table x ();`,
      "select pg_get_userbyid(relowner)::text as owner from pg_class where relname = 'x'",
    ],
  ])('SET ROLE %s works, and the next migration has its own role again', async (_, script, owner) => {
    const target = await subject.open()
    const role = await appRole(target)
    const { project, states } = await sqlProject(target, {
      '1_a.sql': script(role),
      '2_b.sql': 'create table mine ()',
    })
    const { error } = await project.up()
    expect(error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect(await target.query(owner)).toEqual([{ owner: role }])
    expect(
      await target.query(`select pg_get_userbyid(relowner)::text as owner from pg_class where relname = 'mine'`),
    ).toEqual([{ owner: 'postgres' }])
    expect(await target.query(`select distinct outcome from godwit.step`)).toEqual([{ outcome: 'done' }])
  })

  test.each([
    ['-- godwit: transaction=none\nset role app;\nselect nope;', '1_a failed', 1],
    ['begin;\nset role app;\ncommit;\nbegin;\nselect nope;\ncommit;', '1_a failed', 3],
    ['set role app;\nselect nope;', '1_a pending', undefined],
  ])('an error behind SET ROLE stays that error: %j', async (text, state, done) => {
    const target = await subject.open()
    const role = await appRole(target)
    const { project, states, warnings } = await sqlProject(target, { '1_a.sql': text.replace('app', role) })
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { server: { code: '42703' } } })
    expect(await states()).toEqual([state])
    expect((await project.status()).migrations[0]?.open?.done).toBe(done)
    expect(warnings()).toEqual([])
  })
}

/** A role that may make tables and has no right to history and journal. */
async function appRole(target: TestTarget): Promise<string> {
  const name = `app_${target.name}`
  await target.query(`create role ${name};\ngrant create, usage on schema public to ${name}`)
  if (!target.url.startsWith('embedded:'))
    onTestFinished(async () => {
      await target.query(`drop owned by ${name};\ndrop role ${name}`)
    })
  return name
}
