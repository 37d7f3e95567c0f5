export { GodwitHealth, type MigrationsHealth } from './godwit.health.js'
export { type BootReport, GodwitMigrations } from './godwit.migrations.js'
export { GODWIT_BOOT, GodwitModule } from './godwit.module.js'
export type { GodwitModuleOptions, OnBoot } from './options.js'
