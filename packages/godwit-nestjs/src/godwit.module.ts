import { ConfigurableModuleBuilder, Module } from '@nestjs/common'
import { GodwitHealth } from './godwit.health.js'
import { GodwitMigrations } from './godwit.migrations.js'
import type { GodwitModuleOptions } from './options.js'

/** Injects the {@link BootReport}; what injects it is made only once the migrations were applied or checked. */
export const GODWIT_BOOT = Symbol('GODWIT_BOOT')

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<GodwitModuleOptions>({
  moduleName: 'Godwit',
})
  .setClassMethodName('forRoot')
  .build()

/**
 * Applies or checks a project's migrations while the application is made, ahead of its first request, and lets everything that
 * imports it ask about them.
 *
 * @example
 * GodwitModule.forRoot({ onBoot: 'migrate', databaseUrl: process.env.MIGRATION_DATABASE_URL })
 */
@Module({
  providers: [
    {
      provide: GodwitMigrations,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: GodwitModuleOptions) => new GodwitMigrations(options),
    },
    {
      provide: GODWIT_BOOT,
      inject: [GodwitMigrations],
      useFactory: (migrations: GodwitMigrations) => migrations.boot(),
    },
    {
      provide: GodwitHealth,
      inject: [GodwitMigrations],
      useFactory: (migrations: GodwitMigrations) => new GodwitHealth(migrations),
    },
  ],
  exports: [GODWIT_BOOT, GodwitMigrations, GodwitHealth],
})
export class GodwitModule extends ConfigurableModuleClass {}
