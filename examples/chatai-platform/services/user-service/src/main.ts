import 'reflect-metadata'
import { ConfigService } from '@nestjs/config'
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module'
import { configureApp } from './configure-app'

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, { abortOnError: false })
  configureApp(app)
  const port = app.get(ConfigService).get('USER_SERVICE_PORT')
  await app.listen(port)
  console.log(`👥 User Service running on http://localhost:${port}`)
}

bootstrap().catch((error: unknown) => {
  console.error(`❌ User Service did not start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
})
