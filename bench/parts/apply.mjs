import { onPath } from '../process.mjs'
import { applyFloor, bareApply, toolProgram } from '../tools.mjs'
import { writeSql } from '../write-migrations.mjs'

/** Pairs that apply everything to an empty database of their own, beside psql on the same statements. */
export function applyPairs(tools, { server, work, count }) {
  const floor = onPath('psql') === undefined ? 'bare node' : 'psql'
  const plain = work.project('apply floor', (folder) => writeSql(folder, count))
  const used = []
  let number = 0
  const fresh = async () => {
    const database = `apply${++number}`
    used.push(database)
    await server.create(database)
    return server.url(database)
  }
  const pair = (name, program, rest = {}) => ({
    name: `${name}, apply`,
    floor,
    floorProgram: async () => applyFloor({ project: plain, url: await fresh() }),
    program,
    // Only behind a pair: a drop leaves the server with work that would fall into the next run.
    after: async () => {
      for (const database of used.splice(0)) await server.drop(database)
    },
    ...rest,
  })
  const pairs = tools.map((tool) => {
    const project = work.project(`apply ${tool.name}`, (folder) => tool.write(folder, count))
    const program = async () => toolProgram(tool, 'up', { project, url: await fresh() })
    return pair(tool.name, program, tool.apply === undefined ? {} : { target: tool.apply })
  })
  if (floor === 'psql') pairs.push(pair('bare node', async () => bareApply({ project: plain, url: await fresh() })))
  return pairs
}
