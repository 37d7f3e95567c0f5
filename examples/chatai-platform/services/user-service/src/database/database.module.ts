import { Module } from '@nestjs/common'
import { ConfigService } from '@nestjs/config'
import { TypeOrmModule } from '@nestjs/typeorm'
import { getDatabaseConfig } from '../config/database.config'
import { DatabaseConnection } from './database.connection'

@Module({
  imports: [TypeOrmModule.forRootAsync({ inject: [ConfigService], useFactory: getDatabaseConfig })],
  providers: [DatabaseConnection],
  exports: [DatabaseConnection],
})
export class DatabaseModule {}
