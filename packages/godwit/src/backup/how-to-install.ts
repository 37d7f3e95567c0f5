/** How people get a tool, a line for each of the usual ways. */
export function howToInstall(tool: string, major: number): string[] {
  if (tool.startsWith('mongo'))
    return [
      'Debian, Ubuntu (repository of MongoDB): apt install mongodb-database-tools',
      'macOS: brew install mongodb-database-tools',
    ]
  return [
    `Debian, Ubuntu (repository apt.postgresql.org): apt install postgresql-client-${major}`,
    `macOS: brew install postgresql@${major}`,
    `elsewhere, from its image: docker run --rm -e PGPASSWORD --network host postgres:${major} pg_dump -Fc -h <host> -U <user> <database> > app.dump`,
    'Where it is installed and not found: GODWIT_PG_BIN=<folder of pg_dump>',
  ]
}
