import { GodwitHealth } from '@godwit/nestjs'
import { Controller, Get, ServiceUnavailableException } from '@nestjs/common'

/** Whether the schema is the one that this version of the service knows. */
@Controller('health/migrations')
export class MigrationsController {
  constructor(private readonly health: GodwitHealth) {}

  @Get()
  async check() {
    const answer = await this.health.check('migrations')
    if (answer.migrations.status === 'down') throw new ServiceUnavailableException(answer)
    return answer
  }
}
