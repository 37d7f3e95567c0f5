/** What decides how a new migration is written. */
export interface NewShape {
  /** TypeScript. */
  typed: boolean
  /** A `framework.ts` beside it exports the type `Migration`. */
  framework: boolean
  /** It runs as an ES module. */
  module: boolean
  semicolons: boolean
}

/** An empty migration. */
export function textOf(name: string, exported: string, shape: NewShape): string {
  const { typed, framework, module } = shape
  const text = framework ? withFramework(module) : typed ? typeScript() : javaScript(module)
  const filled = text.replaceAll('{{name}}', () => name).replaceAll('{{exported}}', () => exported)
  return shape.semicolons ? filled : filled.replace(/;$/gm, '')
}

/** The shape of mongoose projects: the functions take nothing and use `mongoose.connection`. */
function withFramework(module: boolean): string {
  const imports = module
    ? "import mongoose from 'mongoose';\nimport type { Migration } from './framework.js';"
    : "import * as mongoose from 'mongoose';\nimport { Migration } from './framework';"
  return `${imports}

export const {{exported}}: Migration = {
  name: '{{name}}',

  up: async (): Promise<void> => {
    const database = mongoose.connection;
  },

  down: async (): Promise<void> => {
    const database = mongoose.connection;
  },
};
`
}

function typeScript(): string {
  return `import type { Db } from 'mongodb';

export const {{exported}} = {
  name: '{{name}}',

  up: async ({ db }: { db: Db }): Promise<void> => {},

  // \`down: false\` says that there is no way back.
  down: async ({ db }: { db: Db }): Promise<void> => {},
};
`
}

function javaScript(module: boolean): string {
  return `${module ? 'export const {{exported}} =' : 'exports.{{exported}} ='} {
  name: '{{name}}',

  /** @param {{ db: import('mongodb').Db }} work */
  up: async ({ db }) => {},

  // \`down: false\` says that there is no way back.
  /** @param {{ db: import('mongodb').Db }} work */
  down: async ({ db }) => {},
};
`
}
