import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'

const ANSWERED_WITHIN_MS = 10_000

/** Lets requests that are under way be answered when the service is told to end, and cuts those that take too long. */
@Injectable()
export class OpenRequests implements BeforeApplicationShutdown {
  constructor(private readonly host: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    const server = this.host.httpAdapter.getHttpServer()
    setTimeout(() => server.closeAllConnections(), ANSWERED_WITHIN_MS).unref()
  }
}
