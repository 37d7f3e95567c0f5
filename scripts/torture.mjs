// Cuts and kills runs at thousands of places and holds what is there afterwards against an uninterrupted run.
//   npm run torture                       2,000 cuts, a new seed
//   npm run torture -- --cuts 500 --seed 7
//   npm run torture -- --case sql/none@17.inside.40.away
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { cuts: { type: 'string' }, seed: { type: 'string' }, case: { type: 'string' } },
})
const { cuts = '2000', seed = String(randomInt(2 ** 31)), case: only } = values
for (const [name, value] of Object.entries({ cuts, seed })) {
  if (/^\d+$/.test(value)) continue
  console.error(`--${name} takes a whole number, not '${value}'`)
  process.exit(2)
}
console.log(only === undefined ? `torture: ${cuts} cuts, seed ${seed}` : `torture: ${only}`)

const env = { ...process.env, TORTURE_CUTS: cuts, TORTURE_SEED: seed }
if (only !== undefined) env.TORTURE_CASE = only
const { status } = spawnSync('npx', ['vitest', 'run', 'packages/godwit/test/torture'], { stdio: 'inherit', env })
if (status !== 0 && only === undefined)
  console.log(`torture: the same again: npm run torture -- --cuts ${cuts} --seed ${seed}`)
process.exit(status ?? 1)
