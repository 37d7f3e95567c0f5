import type pg from 'pg'

/**
 * A schema without models, as `prisma init` writes it for a version of Prisma. Schemas of the database that hold tables are named
 * where there are others than the usual one.
 */
export async function newSchema(
  client: pg.Client,
  { usual, own, major }: { usual: string; own: string; major: string | undefined },
): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT n.nspname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', $1) ORDER BY 1`,
    [own],
  )
  const names = rows.map(({ name }) => name)
  const schemas = names.every((name) => name === usual) ? [] : [...new Set([usual, ...names])]
  const early = major === '5' || major === '6'
  const generator = early
    ? ['generator client {', '  provider = "prisma-client-js"', '}']
    : ['generator client {', '  provider = "prisma-client"', '  output   = "../generated/prisma"', '}']
  const datasource = [
    'datasource db {',
    '  provider = "postgresql"',
    ...(early ? ['  url      = env("DATABASE_URL")'] : []),
    ...(schemas.length === 0 ? [] : [`  schemas  = [${schemas.map((name) => JSON.stringify(name)).join(', ')}]`]),
    '}',
  ]
  return [...generator, '', ...datasource, ''].join('\n')
}
