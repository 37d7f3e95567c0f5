/** What Prisma's CLI starts its schema engine with. */
export interface EngineArguments {
  /** Of `schemaDatasource` and of the offline ones it is absent. */
  url: string | undefined
  shadowUrl: string | undefined
  /** Paths of the schema's files. */
  schemaFiles: string[]
  /** `can-connect-to-database`, `create-database`, `drop-database`; absent: JSON-RPC on stdin. */
  command: string | undefined
  version: boolean
}

/** Reads `--datasource <json> --datamodels <file>… cli <command>`. Unknown flags are Prisma's own. */
export function readArguments(args: readonly string[]): EngineArguments {
  const after = (flag: string) => args.flatMap((arg, index) => (arg === flag ? [args[index + 1] ?? ''] : []))
  const [datasource] = after('--datasource')
  const { url, shadowDatabaseUrl } = (datasource === undefined ? {} : JSON.parse(datasource)) as Record<string, string>
  return {
    url: url || undefined,
    shadowUrl: shadowDatabaseUrl || undefined,
    schemaFiles: after('--datamodels'),
    command: after('cli')[0],
    version: args.includes('--version'),
  }
}
