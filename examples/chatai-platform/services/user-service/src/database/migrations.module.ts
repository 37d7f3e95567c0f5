import { GodwitModule } from '@godwit/nestjs'
import { Module } from '@nestjs/common'
import { ConfigService } from '@nestjs/config'
import { getMigrationsConfig } from '../config/migrations.config'
import { MigrationsController } from '../health/migrations.controller'

/** Only part of the service where MIGRATIONS_ON_BOOT asks for it. */
@Module({
  imports: [GodwitModule.forRootAsync({ inject: [ConfigService], useFactory: getMigrationsConfig })],
  controllers: [MigrationsController],
})
export class MigrationsModule {}
