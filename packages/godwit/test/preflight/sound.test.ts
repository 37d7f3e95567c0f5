import { describe, expect, test } from 'vitest'
import { createDatabase } from '../support/database.js'
import { connect, errorsIn, failure, look } from './look.js'
import { sound } from './sound.js'

const tables = `CREATE TABLE users (id int PRIMARY KEY, email text, phone text, age int, org int, code text, score numeric(8,2));
  INSERT INTO users VALUES (1, NULL, '1', 5, 1, '7', 1.2), (2, 'b', '1', 6, 1, '8', 1.7);
  CREATE TABLE orgs (id int PRIMARY KEY, name text); INSERT INTO orgs VALUES (1, 'x');`

describe.each([15, 18] as const)('what works on PostgreSQL %i is not refused', (major) => {
  test.each(sound.filter(({ since = 0 }) => since <= major))('$run', async ({ given = '', run }) => {
    const client = await connect((await createDatabase(major)).url)
    await client.query(tables + given)
    expect(errorsIn(await look(client, run))).toEqual([])
    expect(await failure(client, run)).toBeUndefined()
  })
})
