const DAY = 86_400_000
const MINUTE = 60_000

const two = (value: number) => String(value).padStart(2, '0')
/** ` hh:mm:` of every minute of a day. */
const MINUTES = Array.from({ length: 1440 }, (_, i) => ` ${two(Math.floor(i / 60))}:${two(i % 60)}:`)
const SECONDS = Array.from({ length: 60 }, (_, i) => two(i))

let known = { day: Number.NaN, text: '' }

/**
 * A time as PostgreSQL reads it, in UTC. `toISOString` takes five times as long, and seeds have many dates.
 *
 * @throws TypeError for an invalid date
 */
export function utcText(value: Date): string {
  const time = value.getTime()
  if (Number.isNaN(time)) throw new TypeError('it is an invalid date')
  const year = value.getUTCFullYear()
  if (year < 1 || year > 9999) return farText(value)
  const day = Math.floor(time / DAY)
  if (day !== known.day) known = { day, text: value.toISOString().slice(0, 10) }
  const rest = time - day * DAY
  const minute = Math.floor(rest / MINUTE)
  const ms = rest - minute * MINUTE
  const second = Math.floor(ms / 1000)
  const fraction = ms === second * 1000 ? '' : `.${String(ms - second * 1000).padStart(3, '0')}`
  return `${known.text}${MINUTES[minute]}${SECONDS[second]}${fraction}Z`
}

// PostgreSQL writes years behind 9999 without a sign, and those before 1 as BC.
function farText(value: Date): string {
  const year = value.getUTCFullYear()
  const rest = value.toISOString().replace(/^[+-]\d{6}/, '')
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`
}
