/** The config's `nodePgMigrate` section; the names are node-pg-migrate's own. */
export interface NodePgMigrateSection {
  /** A folder, or with `useGlob` glob patterns. The config's `migrations` comes first; default `migrations`. */
  migrationsDir?: string | string[]
  /** Reads `migrationsDir` and `ignorePattern` as glob patterns. */
  useGlob?: boolean
  /** A regular expression for whole file names, or with `useGlob` glob patterns. Default: names that begin with a dot. */
  ignorePattern?: string | string[]
  /** The history table's name; default `pgmigrations`. */
  migrationsTable?: string
  /** The history table's schema; default the first of `schema`. */
  migrationsSchema?: string
  /** The search_path of migrations; default `public`. */
  schema?: string | string[]
  /** Creates the schemas of `schema` that are absent. */
  createSchema?: boolean
  /** Creates `migrationsSchema` when it is absent. */
  createMigrationsSchema?: boolean
  /** Writes `createdAt` as `created_at` in tables, columns and so on. */
  decamelize?: boolean
  /** `false`: a pending migration may sort before an applied one. */
  checkOrder?: boolean
  /** `true`: leaves node-pg-migrate's own lock alone. */
  noLock?: boolean
  /** The lock's number, where it is another one. */
  lockValue?: number
  /** The language of new migrations; default the one of the last file. */
  migrationFileLanguage?: MigrationLanguage
  /** The number in front of new migrations; default as the folder has it. */
  migrationFilenameFormat?: FilenameFormat
  /** A file whose text new migrations begin with; relative to the project's folder. */
  templateFileName?: string
  /** node-pg-migrate's own config file, as its `--config-file`; relative to the project's folder. */
  configFile?: string
  /** The section of the config file, as its `--config-value`; default `db`. */
  configValue?: string
  /** The environment variable that holds the database URL, as its `--database-url-var`; default `DATABASE_URL`. */
  databaseUrlVar?: string
}

export const languages = ['js', 'ts', 'sql', 'cjs', 'mjs', 'cts', 'mts'] as const

export type MigrationLanguage = (typeof languages)[number]

export const filenameFormats = ['timestamp', 'utc', 'index'] as const

export type FilenameFormat = (typeof filenameFormats)[number]
