import { expect, test } from 'vitest'
import { builderProject, classProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'

const set = 'set transaction isolation level serializable'
const made = `create table made as select current_setting('transaction_isolation') as level`

test.each([
  ['a class', classProject, 'A1700000000001', `async up(q) { await q.query("${set}"); await q.query("${made}")`, '}'],
  [
    'a builder',
    builderProject,
    '1_a',
    `exports.up = async (pgm) => { await pgm.db.query("${set}"); pgm.sql("${made}")`,
    '}',
  ],
] as const)(
  '%s may choose its isolation first; it is one transaction, and shut out without the lease',
  async (_, open, name, text, end) => {
    const database = await createDatabase()
    const { project, states } = await open(database, { [name]: text + end })
    expect((await project.up()).error).toBeUndefined()
    expect(await database.query('select level from made')).toEqual([{ level: 'serializable' }])
    expect(await states()).toEqual([`${name} applied`])

    const without = await createDatabase()
    const query = open === classProject ? 'q.query' : 'pgm.db.query'
    const lost = await open(without, {
      [name]: `${text}; await ${query}('update godwit.lease set fence = fence + 100') ${end}`,
    })
    expect((await lost.project.up()).error).toMatchObject({ code: 'GODWIT_LEASE_LOST', details: { left: 'nothing' } })
    expect(await without.query(`select to_regclass('made') as made`)).toEqual([{ made: null }])
  },
)
