import { OtpType } from '@prisma/client'
import { z } from 'zod'

/** E.164: a plus, a country code, fifteen digits at most. */
const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number such as +254700000001')
const type = z.enum(OtpType)

/** What asks for a code. */
export const otpRequest = z.strictObject({ phoneNumber, type, userId: z.uuid().optional() })

/** What somebody types who got one. */
export const otpVerification = z.strictObject({
  phoneNumber,
  type,
  code: z.string().regex(/^\d{6}$/, 'must be six digits'),
})
