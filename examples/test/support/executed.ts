import { beforeEach, TestRunner } from 'vitest'

/** A line of a document that a test has executed. */
export interface Executed {
  /** The example's folder. */
  system: string
  line: string
  /** Its exit code; `stopped` where it goes on until somebody stops it. */
  code: number | 'stopped'
}

declare module 'vitest' {
  interface TaskMeta {
    /** What a test has executed; reaches the reporter with the test's result. */
    lines?: Executed[]
  }
}

// Lines of a `beforeAll` belong to every test of the file.
const ahead: Executed[] = []
beforeEach(({ task }) => {
  task.meta.lines = [...ahead]
})

/** Notes a line with the running test. */
export function note(executed: Executed): void {
  const lines = TestRunner.getCurrentTest()?.meta.lines ?? ahead
  lines.push(executed)
}
