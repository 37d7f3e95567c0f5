import 'reflect-metadata'
import type { DynamicModule, INestApplication } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { onTestFinished } from 'vitest'

/** Makes an application of one module, silent, and closed with the test. */
export async function start(...imports: DynamicModule['imports'] & {}): Promise<INestApplication> {
  class AppModule {}
  const app = await NestFactory.create({ module: AppModule, imports }, { logger: false, abortOnError: false })
  onTestFinished(() => app.close())
  return app
}
