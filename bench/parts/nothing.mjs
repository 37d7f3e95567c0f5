import { runProgram } from '../process.mjs'
import { checkFloor, toolProgram } from '../tools.mjs'

/**
 * Pairs where everything is applied already: `up` or `status` beside a bare script that reads the same history and
 * hashes the same files. Each tool applies its own migrations first.
 *
 * @param {'up' | 'status'} verb
 */
export async function checkPairs(verb, tools, { server, work, count, note }) {
  const pairs = []
  for (const tool of tools) {
    if (tool.argv(verb) === undefined) continue
    const place = await applied(tool, { server, work, count, note })
    pairs.push({
      name: `${tool.name}, ${verb === 'up' ? 'nothing to do' : 'status'}`,
      floor: 'bare node',
      ...(tool.nothing === undefined ? {} : { target: verb === 'up' ? tool.nothing : 1.4, peakTarget: 80 }),
      floorProgram: () => checkFloor(tool, place),
      program: () => toolProgram(tool, verb, place),
    })
  }
  return pairs
}

const places = new WeakMap()

// Kept for the other verb.
function applied(tool, { server, work, count, note }) {
  const known = places.get(tool)
  if (known !== undefined) return known
  const making = (async () => {
    note(`${tool.name}: applying ${count} for the checks`)
    const database = `checked ${tool.name}`
    const url = await server.create(database)
    const project = work.project(database, (folder) => tool.write(folder, count))
    const place = { project, url }
    await runProgram(toolProgram(tool, 'up', place))
    return place
  })()
  places.set(tool, making)
  return making
}
