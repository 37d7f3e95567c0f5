import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Clone } from './support/clone.js'
import { builtCopy } from './support/enxero.js'
import { onNewSchema } from './support/enxero-modules.js'

let built: Clone

beforeAll(async () => {
  built = await builtCopy()
})

const phoneNumber = '+254711111111'
const login = { phoneNumber, type: 'LOGIN' }

/** The service on a clock that the test moves, with a sender that remembers. */
async function service() {
  const { modules, prisma, database } = await onNewSchema(built)
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') }
  const sent: string[] = []
  const sms = {
    send: async (to: string, text: string) => {
      sent.push(`${to} ${text}`)
    },
  }
  const otp = new modules.OtpService(prisma, sms, { now: () => new Date(clock.now) })
  return {
    otp,
    sms,
    database,
    modules,
    prisma,
    pass: (seconds: number) => {
      clock.now += seconds * 1000
    },
    code: () => / (\d{6})\./.exec(sent.at(-1) ?? '')?.[1] ?? '',
    sent,
  }
}

const notThis = (code: string) => (code === '000000' ? '000001' : '000000')

describe('one-time passwords', { timeout: 240_000 }, () => {
  test('asked for, tried, used once; hashed; counted; expired', async () => {
    const { otp, sms, sent, code, pass, database } = await service()
    expect(await otp.verify({ ...login, code: '123456' })).toEqual({ verified: false, reason: 'none' })

    expect(await otp.request(login)).toEqual({ sent: true, expiresAt: new Date('2026-01-01T00:05:00Z') })
    expect(sent).toEqual([`${phoneNumber} Your code is ${code()}. It is good for 5 minutes.`])
    const [row] = await database.query<{ codeHash: string }>('SELECT "codeHash" FROM otps')
    expect(row?.codeHash).toMatch(/^\$2b\$10\$/)
    expect(row?.codeHash).not.toContain(code())
    expect(await otp.request(login)).toEqual({ sent: false, retryAt: new Date('2026-01-01T00:01:00Z') })
    expect(await otp.verify({ ...login, code: notThis(code()) })).toEqual({
      verified: false,
      reason: 'wrong',
      attemptsLeft: 2,
    })
    expect(await otp.verify({ ...login, type: 'TRANSACTION', code: code() })).toMatchObject({ reason: 'none' })
    expect(await otp.verify({ ...login, code: code() })).toEqual({ verified: true, userId: null })
    expect(await otp.verify({ ...login, code: code() })).toEqual({ verified: false, reason: 'none' })

    pass(60)
    await otp.request(login)
    for (const attemptsLeft of [2, 1, 0])
      expect(await otp.verify({ ...login, code: notThis(code()) })).toEqual({
        verified: false,
        reason: 'wrong',
        attemptsLeft,
      })
    expect(await otp.verify({ ...login, code: code() })).toEqual({ verified: false, reason: 'none' })

    pass(60)
    await otp.request(login)
    pass(301)
    expect(await otp.verify({ ...login, code: code() })).toEqual({ verified: false, reason: 'expired' })

    await otp.request(login)
    const older = code()
    pass(61)
    await otp.request(login)
    if (older !== code()) expect(await otp.verify({ ...login, code: older })).toMatchObject({ reason: 'wrong' })
    expect(await otp.verify({ ...login, code: code() })).toMatchObject({ verified: true })
    const states = await database.query('SELECT status, count(*)::int FROM otps GROUP BY status ORDER BY status::text')
    expect(states).toEqual([
      { status: 'EXPIRED', count: 2 },
      { status: 'FAILED', count: 1 },
      { status: 'VERIFIED', count: 2 },
    ])

    sms.send = () => Promise.reject(new Error('no credit'))
    pass(61)
    await expect(otp.request(login)).rejects.toThrow('no credit')
    expect(await database.query(`SELECT count(*)::int FROM otps WHERE status = 'PENDING'`)).toEqual([{ count: 0 }])
    for (const wrong of [
      { ...login, phoneNumber: '0711111111' },
      { ...login, type: 'OTHER' },
      { ...login, userId: 'x' },
      { ...login, admin: true },
      {},
    ])
      await expect(otp.request(wrong)).rejects.toMatchObject({ name: 'ZodError' })
    for (const typed of ['12345', 'abcdef', 123456, '1234567'])
      await expect(otp.verify({ ...login, code: typed })).rejects.toMatchObject({ name: 'ZodError' })
  })

  test('by many at once: one code, three tries, one use; a verified phone is marked', async () => {
    const { otp, sent, code, pass, database } = await service()
    const asked = await Promise.all(Array.from({ length: 8 }, () => otp.request(login)))
    expect(asked.filter((each) => each.sent)).toHaveLength(1)
    expect(sent).toHaveLength(1)
    const guesses = Array.from({ length: 8 }, () => otp.verify({ ...login, code: notThis(code()) }))
    const reasons = (await Promise.all(guesses)).map((each) => each.reason)
    expect(reasons.filter((each) => each === 'wrong')).toHaveLength(3)
    expect(await database.query('SELECT attempts, status FROM otps')).toEqual([{ attempts: 3, status: 'FAILED' }])

    const [user] = await database.query<{ id: string; phoneNumber: string }>(
      'SELECT id, "phoneNumber" FROM users WHERE "phoneNumber" IS NOT NULL LIMIT 1',
    )
    pass(60)
    const own = { phoneNumber: user?.phoneNumber, type: 'PHONE_VERIFICATION' }
    await otp.request({ ...own, userId: user?.id })
    const used = await Promise.all([1, 2, 3].map(() => otp.verify({ ...own, code: code() })))
    expect(used.filter((each) => each.verified)).toEqual([{ verified: true, userId: user?.id }])
    expect(await database.query('SELECT id FROM users WHERE "phoneVerified"')).toEqual([{ id: user?.id }])
  })

  test('ten codes an hour: guessing on with each new one leads nowhere', async () => {
    const { otp, sent, pass } = await service()
    for (let asked = 1; asked <= 10; asked++) {
      expect(await otp.request(login)).toMatchObject({ sent: true })
      pass(60)
    }
    expect(await otp.request(login)).toEqual({ sent: false, retryAt: new Date('2026-01-01T01:00:00Z') })
    expect(await otp.request({ ...login, phoneNumber: '+254722222222' })).toMatchObject({ sent: true })
    expect(sent).toHaveLength(11)
    pass(3000)
    expect(await otp.request(login)).toMatchObject({ sent: true })
    pass(30)
    expect(await otp.request(login)).toEqual({ sent: false, retryAt: new Date('2026-01-01T01:01:00Z') })
  })

  test("whoever asks may name anybody: a code stands for a user only where the number is that user's", async () => {
    const { otp, code, pass, database } = await service()
    const [victim] = await database.query<{ id: string; phoneNumber: string }>(
      'SELECT id, "phoneNumber" FROM users WHERE "phoneNumber" IS NOT NULL LIMIT 1',
    )
    const verify = () => otp.verify({ ...login, code: code() })
    for (const userId of [victim?.id, '00000000-0000-4000-8000-000000000000']) {
      expect(await otp.request({ ...login, userId })).toMatchObject({ sent: true })
      expect(await verify()).toEqual({ verified: true, userId: null })
      pass(60)
    }
    const own = { phoneNumber: victim?.phoneNumber, type: 'LOGIN' }
    await otp.request({ ...own, userId: victim?.id })
    await database.query(`UPDATE users SET "phoneNumber" = NULL WHERE id = $1`, [victim?.id])
    expect(await otp.verify({ ...own, code: code() })).toEqual({ verified: true, userId: null })
  })

  test('as routes: asked for, too soon, wrong, right; what is no request is told from what failed', async () => {
    const { otp, sms, code, pass, modules } = await service()
    const server = createServer(modules.otpRoutes(otp)).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const post = async (path: string, body: object | string) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: text })
      return [answer.status, await answer.json()]
    }
    expect(await post('/otp/request', login)).toEqual([202, { expiresAt: '2026-01-01T00:05:00.000Z' }])
    expect(await post('/otp/request', login)).toEqual([429, { retryAt: '2026-01-01T00:01:00.000Z' }])
    expect(await post('/otp/verify', { ...login, code: notThis(code()) })).toEqual([401, { verified: false }])
    expect(await post('/otp/verify', { ...login, code: code() })).toEqual([200, { verified: true }])
    expect(await post('/otp/verify', { ...login, code: '1' })).toEqual([
      400,
      { error: 'invalid', issues: [{ path: ['code'], message: 'must be six digits' }] },
    ])
    for (const none of ['{', '', 'x'.repeat(20_000)])
      expect(await post('/otp/request', none)).toEqual([400, { error: 'invalid', issues: [] }])
    expect((await post('/otp', login))[0]).toBe(404)

    pass(60)
    sms.send = () => Promise.reject(new Error('no credit'))
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await post('/otp/request', login)).toEqual([500, { error: 'failed' }])
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
  })

  test('the console sender prints what it would send; company ids are short, unique and given once', async () => {
    const { modules, prisma, database } = await service()
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
    await new modules.ConsoleSmsSender().send(phoneNumber, 'Hello')
    expect(printed).toHaveBeenCalledWith(`SMS to ${phoneNumber}: Hello`)
    printed.mockRestore()

    const { newCompanyId, assignCompanyId } = modules
    expect(newCompanyId('Umoja Traders & Sons (Nairobi) Ltd', 'ke')).toMatch(
      /^KE-UMOJATRADERSSONS-[0-9A-HJKMNP-TV-Z]{8}$/,
    )
    expect(newCompanyId('株式会社', null)).toMatch(/^XX-[0-9A-HJKMNP-TV-Z]{8}$/)
    const companies = await database.query<{ id: string }>('SELECT id FROM companies ORDER BY name')
    const [first = '', second = '', third = ''] = companies.map(({ id }) => id)
    const given = await Promise.all(Array.from({ length: 6 }, () => assignCompanyId(prisma, first)))
    expect(new Set(given).size).toBe(1)
    expect(given[0]?.length).toBeLessThanOrEqual(30)
    expect(await assignCompanyId(prisma, first)).toBe(given[0])

    const made = [given[0] ?? '', given[0] ?? '', 'XX-FREE']
    expect(await assignCompanyId(prisma, second, () => made.shift() ?? '')).toBe('XX-FREE')
    await expect(assignCompanyId(prisma, third, () => 'XX-FREE')).rejects.toMatchObject({ code: 'P2002' })
    await expect(assignCompanyId(prisma, '00000000-0000-0000-0000-000000000000')).rejects.toMatchObject({
      code: 'P2025',
    })
  })
})
