import type pg from 'pg'

/** The major version of the server behind a session. */
export async function serverMajor(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ major: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  )
  return Number(rows[0]?.major)
}
