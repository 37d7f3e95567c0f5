// An application that migrates while it starts, for a test that stops it; the options are its argument.
import 'reflect-metadata'
import { GodwitModule } from '@godwit/nestjs'
import { NestFactory } from '@nestjs/core'

class AppModule {}
const imports = [GodwitModule.forRoot(JSON.parse(process.argv[2]))]
try {
  await NestFactory.create({ module: AppModule, imports }, { abortOnError: false })
} catch (error) {
  console.error(error.code)
  process.exit(error.exitCode)
}
