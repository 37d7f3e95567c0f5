import { defineConfig } from 'vitest/config'
import { outcomesReporter } from './examples/test/support/outcomes.js'
import { LongestFirst } from './packages/godwit/test/support/longest-first.js'

export default defineConfig({
  plugins: [
    {
      name: 'outcomes',
      // Beside whichever reporters the command line names.
      configureVitest({ vitest: { config } }) {
        config.reporters.push(outcomesReporter(() => config.testNamePattern !== undefined))
      },
    },
  ],
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/test/**/*.test.ts'],
    globalSetup: ['packages/godwit/test/support/servers.setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
})
