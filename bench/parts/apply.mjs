import { onPath } from '../process.mjs'
import { applyFloor, bareApply, toolProgram } from '../tools.mjs'
import { writeSql } from '../write-migrations.mjs'

/** Pairs that apply everything to an empty database of their own, beside psql on the same statements. */
export function applyPairs(tools, { databases, work, count }) {
  const floor = onPath('psql') === undefined ? 'bare node' : 'psql'
  const plain = work.project('apply floor', (folder) => writeSql(folder, count))
  const pair = (name, program, rest = {}) => ({
    name: `${name}, apply`,
    floor,
    floorProgram: async () => applyFloor({ project: plain, url: await databases.next() }),
    program,
    ...rest,
  })
  const pairs = tools.map((tool) => {
    const project = work.project(`apply ${tool.name}`, (folder) => tool.write(folder, count))
    const program = async () => toolProgram(tool, 'up', { project, url: await databases.next() })
    return pair(tool.name, program, tool.apply === undefined ? {} : { target: tool.apply })
  })
  if (floor === 'psql')
    pairs.push(pair('bare node', async () => bareApply({ project: plain, url: await databases.next() })))
  return pairs
}
