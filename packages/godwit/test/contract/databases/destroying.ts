import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

const files = {
  '1_a.sql': 'create table a (id serial primary key)',
  '1_a.down.sql': 'drop table a',
  '2_b.sql': 'create table b (id int references a)',
  '2_b.down.sql': 'drop table b',
}
const oneWay = { ...files, '3_c.sql': 'create table c ()' }

/** What takes something away, or records by hand: `reset`, `redo`, `protect`, `resolve`, `--fake`. */
export function destroyingContract(subject: Subject): void {
  test('reset undoes by the downs where every applied one has its own, and applies all again', async () => {
    const target = await subject.open()
    const { project, events } = await sqlProject(target, files)
    await project.up()
    await target.query('create table by_hand (); insert into a default values')
    expect(await project.wouldReset()).toEqual(['what 2_b made', 'what 1_a made'])
    const report = await project.reset({ yes: true })
    expect(report).toMatchObject({ direction: 'up', remaining: [], dropped: [] })
    const way = ['down 2_b', 'down 1_a', 'up 1_a', 'up 2_b']
    expect(report.steps.map((step) => `${step.direction} ${step.name}`)).toEqual(way)
    const done = events.flatMap((event) => (event.type === 'step-done' ? [`${event.direction} ${event.name}`] : []))
    expect(done.slice(2)).toEqual(way)
    expect(
      await target.query(`select (select count(*)::int from a) as a, to_regclass('by_hand')::text as kept`),
    ).toEqual([{ a: 0, kept: 'by_hand' }])
  })

  test('without all the downs it drops what the role owns in its schema, and nothing else', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, oneWay)
    await project.up()
    await target.query(`create schema other; create table other.t (); create type mood as enum ('ok');
      create domain positive as int check (value > 0); create view v as select 1 as one;
      create materialized view mv as select 1 as one; create sequence s; create table parts (id int) partition by range (id);
      create table part1 partition of parts for values from (1) to (10);
      create function f(a mood) returns int language sql as 'select 1'; create procedure p() language sql as 'select 1';
      create aggregate agg(int) (sfunc = int4pl, stype = int); create table "odd ""name" ();`)
    const goes = await project.wouldReset()
    expect(goes).toEqual(
      expect.arrayContaining([
        'table a',
        'table b',
        'table c',
        'type mood',
        'view v',
        'table odd "name',
        'procedure p',
      ]),
    )
    const report = await project.reset({ yes: true })
    expect(report.error).toBeUndefined()
    expect(report.dropped).toEqual(goes)
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c applied'])
    const left = await target.query(`select relname as name from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p', 'v', 'm') union all select typname from pg_type where typnamespace = 'public'::regnamespace
      and typtype in ('e', 'd') union all select proname from pg_proc where pronamespace = 'public'::regnamespace order by 1`)
    expect(left.map((row) => row.name)).toEqual(['a', 'b', 'c', 'godwit_migrations'])
    expect(await target.query(`select to_regclass('other.t')::text as t`)).toEqual([{ t: 'other.t' }])
  })

  test('reset asks for consent, off a terminal by --yes, and declined it changes nothing', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, files)
    await project.up()
    await expect(project.reset()).rejects.toMatchObject({ code: 'GODWIT_CONFIRM_NEEDED', exitCode: 5 })
    const asked: unknown[] = []
    const ask = async (question: unknown) => asked.push(question) > 1
    await expect(project.reset({ ask })).rejects.toMatchObject({ code: 'GODWIT_DECLINED', exitCode: 5 })
    expect(asked).toEqual([{ action: 'reset', database: target.name, goes: ['what 2_b made', 'what 1_a made'] }])
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect((await project.reset({ ask })).steps).toHaveLength(4)
  })

  test('a reset of nothing needs no consent', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, files)
    expect((await project.reset()).steps).toHaveLength(2)
  })

  test('a protected database wants its name typed for all that destroys, whatever else is said (rule 34)', async () => {
    const target = await subject.open()
    const { project, again } = await sqlProject(target, files)
    await project.up()
    expect(await project.protect(true)).toEqual({ database: target.name, production: true })
    expect(await project.status()).toMatchObject({ production: true })
    const refused = { code: 'GODWIT_CONFIRM_PRODUCTION', exitCode: 5 }
    for (const consent of [{}, { yes: true }, { yes: true, confirm: 'another' }]) {
      await expect(project.down(consent)).rejects.toMatchObject(refused)
      await expect(project.redo(consent)).rejects.toMatchObject(refused)
      await expect(project.reset(consent)).rejects.toMatchObject(refused)
      await expect(project.protect(false, consent)).rejects.toMatchObject(refused)
    }
    expect((await project.status()).migrations.every((m) => m.state === 'applied')).toBe(true)
    const confirm = target.name
    expect((await project.down({ confirm })).steps).toHaveLength(1)
    expect((await project.up()).steps).toHaveLength(1)
    expect((await project.redo({ confirm })).up?.steps).toHaveLength(1)
    expect((await project.reset({ confirm })).steps).toHaveLength(4)
    expect(await project.status()).toMatchObject({ production: true })
    await project.protect(false, { confirm })
    expect((await project.down()).steps).toHaveLength(1)
    const production = await again({ env: { NODE_ENV: 'production' } })
    // In production the embedded database is refused before that (rule 27).
    const code = subject.server ? refused.code : 'GODWIT_EMBEDDED_NOT_ALLOWED'
    await expect(production.down()).rejects.toMatchObject({ code })
  })

  test('dropping does not take the production mark away', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, oneWay)
    await project.up()
    await project.protect(true)
    await project.reset({ confirm: target.name, drop: true })
    expect(await project.status()).toMatchObject({ production: true })
  })

  test('redo undoes the last one and applies it again; one that fails leaves the first half done', async () => {
    const target = await subject.open()
    const { project, put, states } = await sqlProject(target, files)
    await project.up()
    put('2_b.sql', 'create table b (id bigint)')
    const { down, up } = await project.redo()
    expect([down.steps, up?.steps]).toMatchObject([
      [{ name: '2_b', direction: 'down' }],
      [{ name: '2_b', direction: 'up' }],
    ])
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    put('2_b.sql', 'select nope')
    expect((await project.redo()).up).toMatchObject({ error: { code: 'GODWIT_STATEMENT_FAILED' }, remaining: ['2_b'] })
    expect(await states()).toEqual(['1_a applied', '2_b pending'])
  })

  test('redo is refused before it undoes when applying again would be refused', async () => {
    const target = await subject.open()
    const { project, put, states } = await sqlProject(target, files)
    await project.up()
    put('1_a.sql', 'create table a (id bigserial primary key)')
    await expect(project.redo()).rejects.toMatchObject({ code: 'GODWIT_EDITED' })
    expect(await states()).toEqual(['1_a edited', '2_b applied'])
    put('1_a.sql', files['1_a.sql'])
    put('2_b.sql', '-- nothing')
    await expect(project.redo()).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION' })
    expect(await states()).toEqual(['1_a applied', '2_b edited'])
  })

  test('--fake records without running; what is recorded is undone like any other', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, files)
    const report = await project.up({ fake: true, to: '1_a' })
    expect(report).toMatchObject({ steps: [{ name: '1_a', outcome: 'done', statements: 0 }], remaining: ['2_b'] })
    expect(await target.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
    expect(await states()).toEqual(['1_a applied', '2_b pending'])
    await target.query('create table a ()')
    expect((await project.down()).steps).toMatchObject([{ name: '1_a', outcome: 'done' }])
  })

  test('resolve settles what was done elsewhere, once, and wants a file for what counts as applied', async () => {
    const target = await subject.open()
    const { project, states, again, folder } = await sqlProject(target, files)
    expect(await project.resolve('2_b', 'applied')).toEqual({ name: '2_b', as: 'applied' })
    expect(await states()).toEqual(['1_a out-of-order', '2_b applied'])
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_OUT_OF_ORDER', exitCode: 5 })
    await expect(project.resolve('2_b', 'applied')).rejects.toMatchObject({ code: 'GODWIT_NOTHING_TO_RESOLVE' })
    await expect(project.resolve('1_a', 'rolled-back')).rejects.toMatchObject({ code: 'GODWIT_NOTHING_TO_RESOLVE' })
    await expect(project.resolve('nobody', 'applied')).rejects.toMatchObject({ code: 'GODWIT_UNKNOWN_MIGRATION' })
    await project.resolve('b', 'rolled-back')
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
    await project.up()
    for (const name of ['2_b.sql', '2_b.down.sql']) rmSync(`${folder}/migrations/${name}`)
    const without = await again()
    expect((await without.status()).migrations.map((m) => m.state)).toEqual(['applied', 'missing'])
    await expect(without.up({ fake: true })).rejects.toMatchObject({ code: 'GODWIT_MISSING', exitCode: 5 })
    await expect(without.resolve('2_b', 'applied')).rejects.toMatchObject({ code: 'GODWIT_NO_FILE' })
    await expect(without.down()).rejects.toMatchObject({ code: 'GODWIT_MISSING' })
    await without.resolve('2_b', 'rolled-back')
    expect((await without.status()).migrations.map((m) => m.state)).toEqual(['applied'])
  })

  test('what was applied before the adoption is the base from the first run that writes (rule 24)', async () => {
    const target = await subject.open()
    const { project, put, states } = await sqlProject(target, files)
    await project.up()
    await target.query('drop schema godwit cascade')
    put('1_a.sql', 'create table a (id serial primary key) -- as it is now')
    expect((await project.status()).migrations[0]).toMatchObject({
      state: 'applied',
      warning: 'edited-before-adoption',
    })
    put('3_c.sql', 'create table c ()')
    await project.up()
    expect((await project.status()).migrations[0]?.warning).toBeUndefined()
    put('1_a.sql', 'create table a (id serial primary key) -- edited since')
    expect(await states()).toEqual(['1_a edited', '2_b applied', '3_c applied'])
  })

  if (!subject.server) return
  test("reset by dropping leaves extensions' objects and other roles' tables alone", async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, oneWay)
    await project.up()
    await target.query('create extension citext; create table uses_it (name citext)')
    const goes = await project.wouldReset()
    expect(goes.filter((what) => /citext/.test(what))).toEqual([])
    const report = await project.reset({ yes: true })
    expect(report.error).toBeUndefined()
    expect(report.dropped).toContain('table uses_it')
    expect(await target.query(`select extname as name from pg_extension where extname = 'citext'`)).toHaveLength(1)
    expect(await target.query(`select 'A'::citext = 'a' as same`)).toEqual([{ same: true }])
  })
}
