import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'
import type { Executed } from './executed.js'

/** What became of a test of the examples. */
interface Outcome {
  test: string
  state: string
  lines: Executed[]
}

const tests = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const file = `${tests}/outcomes.json`

/**
 * Notes which lines of the documents a run has executed, by test file: `examples/test/outcomes.json`, of which
 * `scripts/examples-table.mjs` makes the tables. A run of some of the files leaves what is known of the others.
 *
 * @param selecting whether the run takes some tests of a file only: it says nothing of the others
 */
export function outcomesReporter(selecting: () => boolean): Reporter {
  return {
    onTestRunEnd(modules, _errors, reason) {
      if (reason === 'interrupted' || selecting()) return
      const ran = modules.filter(({ moduleId }) => dirname(moduleId) === tests)
      if (ran.length === 0) return
      const found = ran.map((module) => [basename(module.moduleId), outcomesOf(module)])
      writeFileSync(file, `${JSON.stringify({ ...known(), ...Object.fromEntries(found) }, null, 1)}\n`)
    },
  }
}

function outcomesOf({ children }: TestModule): Outcome[] {
  return [...children.allTests()].map((test) => ({
    test: test.name,
    state: test.result().state,
    lines: test.meta().lines ?? [],
  }))
}

function known(): Record<string, Outcome[]> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {} // none yet
  }
}
