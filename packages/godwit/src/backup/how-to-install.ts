/** How people get a tool, a line for each of the usual ways. */
export function howToInstall(tool: string, major: number): string[] {
  if (tool.startsWith('mongo'))
    return [
      'Debian, Ubuntu (repository of MongoDB): apt install mongodb-database-tools',
      'macOS: brew install mongodb-database-tools',
      `Where it is installed and not found: GODWIT_MONGO_BIN=<folder of ${tool}>`,
    ]
  // Without a `.json` beside the dump any version may do.
  const client = major === 0 ? 'postgresql-client' : `postgresql-client-${major}`
  const image = major === 0 ? 'postgres' : `postgres:${major}`
  return [
    `Debian, Ubuntu (repository apt.postgresql.org): apt install ${client}`,
    `macOS: brew install ${major === 0 ? 'libpq' : `postgresql@${major}`}`,
    ...(tool === 'pg_dump'
      ? [
          `elsewhere, from its image: docker run --rm -e PGPASSWORD --network host ${image} pg_dump -Fc -h <host> -U <user> <database> > app.dump`,
        ]
      : []),
    `Where it is installed and not found: GODWIT_PG_BIN=<folder of ${tool}>`,
  ]
}
