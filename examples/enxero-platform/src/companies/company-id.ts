import { randomInt } from 'node:crypto'
import { Prisma, type PrismaClient } from '@prisma/client'

/** Crockford's: without the letters that look or sound like others. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const tries = 5

/**
 * An id that people see and say, such as `KE-UMOJA-7F3K9QTZ`; 30 characters at most.
 *
 * @param countryCode ISO 3166-1, two letters; `XX` where none is known
 */
export function newCompanyId(name: string, countryCode: string | null): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]/g, '')
    .toUpperCase()
    .slice(0, 16)
  const random = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
  return [countryCode?.toUpperCase() ?? 'XX', plain, random].filter((part) => part !== '').join('-')
}

/**
 * Gives a company its id, once: one that it has stays. An id that another company has is made anew.
 *
 * @param id the company's key
 * @returns the id it has now
 * @throws when there is no such company, or five ids in a row were taken
 */
export async function assignCompanyId(prisma: PrismaClient, id: string, make = newCompanyId): Promise<string> {
  for (let tried = 1; ; tried++) {
    const company = await prisma.company.findUniqueOrThrow({ where: { id } })
    if (company.companyId !== null) return company.companyId
    const companyId = make(company.name, company.countryCode)
    try {
      await prisma.company.updateMany({ where: { id, companyId: null }, data: { companyId } })
    } catch (error) {
      if (!isTaken(error) || tried === tries) throw error
    }
  }
}

// The code of a value that has to be unique and is not.
const isTaken = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
