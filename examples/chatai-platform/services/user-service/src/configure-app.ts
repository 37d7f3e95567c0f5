import { type INestApplication, ValidationPipe } from '@nestjs/common'
import { ConfigService } from '@nestjs/config'

/** What holds for every route: bodies are what they are declared as and nothing more; browsers of one origin may call. */
export function configureApp(app: INestApplication): void {
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }))
  app.enableCors({
    origin: app.get(ConfigService).get('CORS_ORIGIN') || 'http://localhost:3000',
    credentials: true,
  })
  app.enableShutdownHooks(undefined, { useProcessExit: true })
}
