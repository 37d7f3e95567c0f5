import { Option } from 'commander'

/** A flag that may be given several times. */
class Repeated extends Option {
  constructor(flags: string, says: string) {
    super(flags, says)
    // `--no-rename` has a value, and is not the negation of `--rename`.
    this.negate = false
    this.argParser((value, before: string[] | undefined) => [...(before ?? []), value])
  }

  override attributeName(): string {
    return this.name().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  }
}

/** What `generate` and `dev` can be told. Made anew for each: commander keeps state in them. */
export function generateOptions(): Option[] {
  return [
    new Option('--from <source>', 'sql: the database URL or the file of SQL that the history is to lead to'),
    new Repeated('--rename <old:new>', 'a rename, which keeps its data: users.name:users.full_name, users:people'),
    new Repeated('--no-rename <old:new>', 'no rename: what is gone goes with its data'),
    new Repeated(
      '--recreate <column>',
      'change the type of this column by making it anew, empty: users.age; not for Prisma',
    ),
    new Option('--shadow <url>', 'a server for a scratch database; default: PostgreSQL in this process'),
    new Option('--no-cache', 'replay every migration, whatever is known of an earlier replay'),
  ]
}
