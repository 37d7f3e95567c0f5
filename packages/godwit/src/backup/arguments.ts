/** A database by its name alone: a name with `=` in it, or one that looks like a URL, would be read as a whole connection. */
export function databaseArgument(name: string): string {
  return `--dbname=dbname='${name.replaceAll(/['\\]/g, '\\$&')}'`
}

/** The arguments of `pg_dump`. */
export function dumpArguments(database: string, file: string, snapshot: string): string[] {
  return [
    '--format=custom',
    '--no-password',
    `--snapshot=${snapshot}`,
    // A table that somebody drops or rewrites is not waited for without end.
    '--lock-wait-timeout=60000',
    `--file=${file}`,
    databaseArgument(database),
  ]
}

/** The arguments of `pg_restore` that write what is in a dump, a line an entry. */
export function listArguments(file: string): string[] {
  return ['--list', file]
}

/**
 * The arguments of `pg_restore` that write the statements. Without `--single-transaction` it would write a COMMIT of its own behind the
 * large objects.
 *
 * @param entries file with the lines of the list that are wanted
 * @param owners `false`: everything belongs to the role that restores, and nobody is granted anything
 */
export function scriptArguments(file: string, entries: string, owners: boolean): string[] {
  const without = owners ? [] : ['--no-owner', '--no-privileges', '--no-security-labels']
  return ['--exit-on-error', '--single-transaction', '--file=-', `--use-list=${entries}`, ...without, file]
}

/** The arguments of `psql` that run what comes in. */
export function psqlArguments(database: string): string[] {
  return ['--no-psqlrc', '--no-password', '--quiet', '--set=ON_ERROR_STOP=1', databaseArgument(database), '--file=-']
}
