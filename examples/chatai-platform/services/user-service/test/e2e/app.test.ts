import 'reflect-metadata'
import { Body, Controller, type INestApplication, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { IsEmail, IsInt } from 'class-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppModule } from '../../src/app.module'
import { configureApp } from '../../src/configure-app'

// The first milestone has no route with a body; this one shows what later ones get.
class Invitation {
  @IsEmail()
  email!: string

  @IsInt()
  seats!: number
}

@Controller('invitations')
class InvitationsController {
  @Post()
  invite(@Body() invitation: Invitation) {
    return { ...invitation, isInvitation: invitation instanceof Invitation }
  }
}

@Module({ imports: [AppModule], controllers: [InvitationsController] })
class TestModule {}

let app: INestApplication
let url: string

beforeAll(async () => {
  app = await NestFactory.create(TestModule, { logger: false })
  configureApp(app)
  await app.listen(0)
  url = await app.getUrl()
})
afterAll(() => app.close())

test('GET /health and GET /health/db, on the database of the environment', async () => {
  const [health, db] = await Promise.all([fetch(`${url}/health`), fetch(`${url}/health/db`)])
  expect([health.status, db.status]).toEqual([200, 200])
  expect(await db.json()).toEqual({ status: 'ok', database: 'connected', result: 1 })
})

test('a body is checked, made what it is declared as, and nothing more', async () => {
  const post = async (body: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/invitations`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, body: await answer.json() }
  }
  const invitation = { email: 'demo@chatai.com', seats: 3 }
  expect(await post(invitation)).toEqual({ status: 201, body: { ...invitation, isInvitation: true } })
  expect(await post({ email: 'demo', seats: 3 })).toMatchObject({
    status: 400,
    body: { message: ['email must be an email'] },
  })
  expect(await post({ ...invitation, role: 'admin' })).toMatchObject({
    status: 400,
    body: { message: ['property role should not exist'] },
  })
})

test('browsers of one origin may call, with credentials', async () => {
  const { headers } = await fetch(`${url}/health`, { headers: { origin: 'http://elsewhere.example' } })
  expect(headers.get('access-control-allow-origin')).toBe(process.env.CORS_ORIGIN || 'http://localhost:3000')
  expect(headers.get('access-control-allow-credentials')).toBe('true')
})
