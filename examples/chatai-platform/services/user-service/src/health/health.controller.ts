import { Controller, Get, ServiceUnavailableException } from '@nestjs/common'
import { DatabaseConnection } from '../database/database.connection'

/** Whether the service works. What is wrong with the database is nobody's business here: it is in the log. */
@Controller('health')
export class HealthController {
  constructor(private readonly connection: DatabaseConnection) {}

  @Get()
  async check() {
    const up = await this.databaseAnswers()
    const answer = {
      status: up ? 'ok' : 'error',
      timestamp: new Date().toISOString(),
      service: 'user-service',
      version: '1.0.0',
      database: { status: up ? 'connected' : 'disconnected', type: 'PostgreSQL' },
    }
    if (!up) throw new ServiceUnavailableException(answer)
    return answer
  }

  @Get('db')
  async checkDatabase() {
    try {
      return { status: 'ok', database: 'connected', result: await this.connection.ping() }
    } catch {
      throw new ServiceUnavailableException({
        status: 'error',
        database: 'disconnected',
        error: 'The database cannot be reached',
      })
    }
  }

  private async databaseAnswers(): Promise<boolean> {
    try {
      return (await this.connection.ping()) === 1
    } catch {
      return false
    }
  }
}
