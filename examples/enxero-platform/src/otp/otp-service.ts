import type { Otp, OtpType, Prisma, PrismaClient } from '@prisma/client'
import { hashOfCode, isCode, newCode } from './otp-code'
import { otpRequest, otpVerification } from './otp-input'
import type { SmsSender } from './sms-sender'

export interface OtpOptions {
  /** How long a code is good for, in seconds; default 300. */
  lifetime?: number
  /** How long to wait before another code is sent to a number, in seconds; default 60. */
  pause?: number
  /** How many codes a number gets within an hour, so that guessing on with each new one leads nowhere; default 10. */
  perHour?: number
  /** The time; for tests. */
  now?: () => Date
}

export type Requested = { sent: true; expiresAt: Date } | { sent: false; retryAt: Date }

/** `none`: nothing was asked for, or it was used already; `spent`: it was tried too often. `userId`: who was named and has the number. */
export type Verified =
  | { verified: true; userId: string | null }
  | { verified: false; reason: 'none' | 'expired' | 'spent' }
  | { verified: false; reason: 'wrong'; attemptsLeft: number }

/** One-time passwords by text message. What two callers may do at once is decided by the database, in one statement each. */
export class OtpService {
  readonly #prisma: PrismaClient
  readonly #sms: SmsSender
  readonly #lifetime: number
  readonly #pause: number
  readonly #perHour: number
  readonly #now: () => Date

  constructor(
    prisma: PrismaClient,
    sms: SmsSender,
    { lifetime = 300, pause = 60, perHour = 10, now = () => new Date() }: OtpOptions = {},
  ) {
    this.#prisma = prisma
    this.#sms = sms
    this.#lifetime = lifetime
    this.#pause = pause
    this.#perHour = perHour
    this.#now = now
  }

  /**
   * Sends a new code; the ones before it are good no more. A `userId` counts only where the number is that user's: whoever asks may
   * name anybody.
   *
   * @throws ZodError for input that is none, and what the sender does: the code is then void, and may be asked for again at once
   */
  async request(input: unknown): Promise<Requested> {
    const { phoneNumber, type, userId = null } = otpRequest.parse(input)
    const code = newCode()
    const codeHash = await hashOfCode(code)
    const made = await this.#replace({ phoneNumber, type, userId, codeHash })
    if ('retryAt' in made) return { sent: false, retryAt: made.retryAt }
    try {
      await this.#sms.send(
        phoneNumber,
        `Your code is ${code}. It is good for ${Math.ceil(this.#lifetime / 60)} minutes.`,
      )
    } catch (error) {
      await this.#prisma.otp.deleteMany({ where: { id: made.id, status: 'PENDING' } })
      throw error
    }
    return { sent: true, expiresAt: made.expiresAt }
  }

  /**
   * Takes a code. Each try counts, the right one too; a code is right once.
   *
   * @throws ZodError for input that is none
   */
  async verify(input: unknown): Promise<Verified> {
    const { phoneNumber, type, code } = otpVerification.parse(input)
    const otp = await this.#prisma.otp.findFirst({
      where: { phoneNumber, type, status: 'PENDING' },
      orderBy: { createdAt: 'desc' },
    })
    if (otp === null) return { verified: false, reason: 'none' }
    const attempt = await this.#takeAttempt(otp)
    if (attempt === undefined) return this.#refusal(otp)
    if (await isCode(code, otp.codeHash)) return this.#accept(otp)
    const attemptsLeft = otp.maxAttempts - attempt
    if (attemptsLeft === 0) await this.#settle(otp, 'FAILED')
    return { verified: false, reason: 'wrong', attemptsLeft }
  }

  // One at a time for each number, so that two requests at once leave one code.
  async #replace(
    data: Pick<Otp, 'phoneNumber' | 'userId' | 'codeHash'> & { type: OtpType },
  ): Promise<Otp | { retryAt: Date }> {
    const { phoneNumber, type } = data
    return this.#prisma.$transaction(async (prisma) => {
      await prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`otp ${type} ${phoneNumber}`}, 0))`
      const now = this.#now()
      const retryAt = await this.#nextAt(prisma, phoneNumber, type)
      if (retryAt > now) return { retryAt }
      await prisma.otp.updateMany({ where: { phoneNumber, type, status: 'PENDING' }, data: { status: 'EXPIRED' } })
      const expiresAt = new Date(now.getTime() + this.#lifetime * 1000)
      const userId = await ownerOf(prisma, data)
      return prisma.otp.create({ data: { ...data, userId, createdAt: now, expiresAt } })
    })
  }

  // When a number may get its next code: behind the pause, and when the first of an hour's codes is an hour old.
  async #nextAt(prisma: Prisma.TransactionClient, phoneNumber: string, type: OtpType): Promise<Date> {
    const sent = await prisma.otp.findMany({
      where: { phoneNumber, type },
      orderBy: { createdAt: 'desc' },
      take: this.#perHour,
      select: { createdAt: true },
    })
    const behind = (otp: { createdAt: Date } | undefined, seconds: number): number =>
      otp === undefined ? 0 : otp.createdAt.getTime() + seconds * 1000
    return new Date(Math.max(behind(sent[0], this.#pause), behind(sent[this.#perHour - 1], 3600)))
  }

  // Which attempt this is; none where there is none left. Counted before the code is looked at: who asks often at once gains nothing.
  async #takeAttempt({ id, maxAttempts }: Otp): Promise<number | undefined> {
    const [taken] = await this.#prisma.otp.updateManyAndReturn({
      where: { id, status: 'PENDING', attempts: { lt: maxAttempts }, expiresAt: { gt: this.#now() } },
      data: { attempts: { increment: 1 } },
      select: { attempts: true },
    })
    return taken?.attempts
  }

  async #accept(otp: Otp): Promise<Verified> {
    return this.#prisma.$transaction(async (prisma) => {
      const accepted = await this.#settle(otp, 'VERIFIED', prisma)
      if (!accepted) return { verified: false, reason: 'none' }
      const userId = await ownerOf(prisma, otp)
      if (otp.type === 'PHONE_VERIFICATION' && userId !== null)
        await prisma.user.update({ where: { id: userId }, data: { phoneVerified: true } })
      return { verified: true, userId }
    })
  }

  async #refusal(otp: Otp): Promise<Verified> {
    if (otp.expiresAt > this.#now()) return { verified: false, reason: 'spent' }
    await this.#settle(otp, 'EXPIRED')
    return { verified: false, reason: 'expired' }
  }

  // Whether it was this caller who did it.
  async #settle(
    { id }: Otp,
    status: 'VERIFIED' | 'EXPIRED' | 'FAILED',
    prisma: Prisma.TransactionClient = this.#prisma,
  ): Promise<boolean> {
    const verifiedAt = status === 'VERIFIED' ? this.#now() : null
    const { count } = await prisma.otp.updateMany({ where: { id, status: 'PENDING' }, data: { status, verifiedAt } })
    return count === 1
  }
}

// The user who was named, if the number is theirs.
async function ownerOf(
  prisma: Prisma.TransactionClient,
  { userId, phoneNumber }: Pick<Otp, 'userId' | 'phoneNumber'>,
): Promise<string | null> {
  if (userId === null) return null
  const user = await prisma.user.findFirst({ where: { id: userId, phoneNumber }, select: { id: true } })
  return user?.id ?? null
}
