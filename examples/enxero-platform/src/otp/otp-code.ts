import { randomInt } from 'node:crypto'
import bcrypt from 'bcrypt'

/** Six digits from the system's random source. */
export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0')

/** What is stored of a code: a million of them are tried in no time, so the hash is a slow one. */
export const hashOfCode = (code: string): Promise<string> => bcrypt.hash(code, 10)

export const isCode = (code: string, hash: string): Promise<boolean> => bcrypt.compare(code, hash)
