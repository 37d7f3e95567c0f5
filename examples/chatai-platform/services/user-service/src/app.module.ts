import { resolve } from 'node:path'
import { Module } from '@nestjs/common'
import { ConditionalModule, ConfigModule } from '@nestjs/config'
import { checkEnvironment } from './config/environment'
import { migratesAtBoot } from './config/migrations.config'
import { DatabaseModule } from './database/database.module'
import { MigrationsModule } from './database/migrations.module'
import { HealthModule } from './health/health.module'
import { OpenRequests } from './open-requests'

@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      envFilePath: resolve(__dirname, '../../../.env'),
      validate: checkEnvironment,
    }),
    ConditionalModule.registerWhen(MigrationsModule, migratesAtBoot, { debug: false }),
    DatabaseModule,
    HealthModule,
  ],
  providers: [OpenRequests],
})
export class AppModule {}
