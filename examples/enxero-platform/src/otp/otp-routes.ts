import type { IncomingMessage, RequestListener } from 'node:http'
import { ZodError } from 'zod'
import type { OtpService } from './otp-service'

interface Answer {
  status: number
  body: object
}

const longest = 10_000

/** `POST /otp/request` and `POST /otp/verify` for a server of `node:http`. Why a code was refused is not told. */
export function otpRoutes(otp: OtpService): RequestListener {
  const routes: Record<string, (input: unknown) => Promise<Answer>> = {
    'POST /otp/request': async (input) => {
      const answer = await otp.request(input)
      return answer.sent
        ? { status: 202, body: { expiresAt: answer.expiresAt } }
        : { status: 429, body: { retryAt: answer.retryAt } }
    },
    'POST /otp/verify': async (input) => {
      const { verified } = await otp.verify(input)
      return { status: verified ? 200 : 401, body: { verified } }
    },
  }
  return async (request, response) => {
    const route = routes[`${request.method} ${request.url}`]
    const { status, body } = route === undefined ? notFound : await bodyOf(request).then(route).catch(failure)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

const notFound: Answer = { status: 404, body: { error: 'not found' } }

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = ''
  // Left open where the rest is not read: the answer goes the same way.
  for await (const piece of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += piece
    if (text.length > longest) throw new SyntaxError('too long')
  }
  return JSON.parse(text)
}

// What went wrong inside is for the log, not for whoever asked.
function failure(error: unknown): Answer {
  if (error instanceof ZodError)
    return {
      status: 400,
      body: { error: 'invalid', issues: error.issues.map(({ path, message }) => ({ path, message })) },
    }
  if (error instanceof SyntaxError) return { status: 400, body: { error: 'invalid', issues: [] } }
  console.error(error)
  return { status: 500, body: { error: 'failed' } }
}
