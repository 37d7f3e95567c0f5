import { extname, resolve } from 'node:path'
import type { GodwitModuleOptions, OnBoot } from '@godwit/nestjs'
import type { ConfigService } from '@nestjs/config'

/** Whether migrations are looked at before the service starts; only with `check` and `migrate`. */
export function migratesAtBoot(env: Record<string, unknown>): boolean {
  return (env.MIGRATIONS_ON_BOOT || 'off') !== 'off'
}

/** The service's own migrations: the built ones where it was built. */
export const getMigrationsConfig = (config: ConfigService): GodwitModuleOptions => ({
  onBoot: config.get<OnBoot>('MIGRATIONS_ON_BOOT'),
  databaseUrl: config.get('MIGRATION_DATABASE_URL') || undefined,
  cwd: resolve(__dirname, '../..'),
  overrides: {
    migrations: resolve(__dirname, '../migrations'),
    typeorm: { dataSource: resolve(__dirname, `../data-source${extname(__filename)}`) },
  },
})
