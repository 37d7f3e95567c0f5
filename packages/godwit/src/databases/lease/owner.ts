import { hostname, userInfo } from 'node:os'

/** For how long a lease stands, and how often it is renewed, in milliseconds (rule 5). */
export const LEASE_MS = 15_000
export const RENEW_EVERY_MS = 3_000

/** How this process is called in a lease: `user@host/pid`. */
export function ownerName(): string {
  return `${userName()}@${hostname()}/${process.pid}`
}

/** The operating system's name of the user, or `unknown`. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}

/** The owner's name without its pid: `deploy@web-2`. */
export function ownerOf({ owner }: { owner: string }): string {
  return owner.slice(0, owner.lastIndexOf('/'))
}
