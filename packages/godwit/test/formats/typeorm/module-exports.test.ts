import { transformSync as swc } from '@swc/core'
import { transformSync as esbuild } from 'esbuild'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { importMigrations } from '../../../src/formats/typeorm/imported-classes.js'
import { readModule } from '../../../src/formats/typeorm/module-exports.js'
import { createProject } from './support/project.js'

const methods = 'async up(q) {} async down(q) {}'

/** Sources with the migrations they export; `unsure`: the text may leave it to an import. */
const sources: Record<string, { code: string; names: string[]; unsure?: boolean }> = {
  'a named class': { code: `export class A1700000000001 { ${methods} }`, names: ['A1700000000001'] },
  'a default class': { code: `export default class A1700000000001 { ${methods} }`, names: ['A1700000000001'] },
  'a class exported later': {
    code: `class A1700000000001 { ${methods} }\nexport { A1700000000001 }`,
    names: ['A1700000000001'],
  },
  'a class exported under another name': {
    code: `class A1700000000001 { ${methods} }\nexport { A1700000000001 as Initial, }`,
    names: ['A1700000000001'],
  },
  'a default by name': {
    code: `class A1700000000001 { ${methods} }\nexport default A1700000000001;`,
    names: ['A1700000000001'],
  },
  'a name property': { code: `export class A { name = 'B1700000000001'; ${methods} }`, names: ['B1700000000001'] },
  'a typed name property without semicolon': {
    code: `export class A {\n  public readonly name: string = "B1700000000001"\n  transaction = false\n  ${methods} }`,
    names: ['B1700000000001'],
  },
  'a name in the constructor': {
    code: `export class A { constructor() { this.transaction = false; this.name = 'B1700000000001' } ${methods} }`,
    names: ['B1700000000001'],
  },
  'a computed name': {
    code: `const t = 1700000000001\nexport class A { name = 'B' + t; ${methods} }`,
    names: ['B1700000000001'],
    unsure: true,
  },
  'a name from a template': {
    code: `const t = 1700000000001\nexport class A { name = \`B\${t}\`; ${methods} }`,
    names: ['B1700000000001'],
    unsure: true,
  },
  'a name with a getter': {
    code: `export class A { get name() { return 'B1700000000001' } ${methods} }`,
    names: ['B1700000000001'],
    unsure: true,
  },
  'a name under a quoted key': {
    code: `export class A { 'name' = 'B1700000000001'; ${methods} }`,
    names: ['B1700000000001'],
    unsure: true,
  },
  'a name under a computed key': {
    code: `export class A { ['name'] = 'B1700000000001'; ${methods} }`,
    names: ['B1700000000001'],
    unsure: true,
  },
  'a name set on the prototype': {
    code: `export class A { ${methods} }\n(A.prototype as any).name = 'B1700000000001'`,
    names: ['B1700000000001'],
    unsure: true,
  },
  'several classes': {
    code: `export class A1700000000001 { ${methods} }\nexport class B1700000000002 { async up() {} }\nclass Hidden { ${methods} }`,
    names: ['A1700000000001', 'B1700000000002'],
  },
  'an inherited up': {
    code: `class Base { ${methods} }\nexport class A1700000000001 extends Base {}`,
    names: ['A1700000000001'],
    unsure: true,
  },
  'methods as properties': {
    code: `export class A1700000000001 { up = async () => {}\n down = async () => {} }`,
    names: ['A1700000000001'],
  },
  'a class expression': {
    code: `export const A1700000000001 = class { ${methods} }`,
    names: ['A1700000000001'],
    unsure: true,
  },
  'classes in an array': {
    code: `class A1700000000001 { ${methods} }\nexport const migrations = [A1700000000001]`,
    names: ['A1700000000001'],
    unsure: true,
  },
  'other exports beside it': {
    code: `export const SQL = \`create table "x"\`\nexport const LIMIT = 5;\nexport type T = { up: string }\nexport interface U { up(): void }
export function help() { return 1 }\nexport class Helper { down() {} }\nexport enum E { One, Two }\nexport class A1700000000001 { ${methods} }`,
    names: ['A1700000000001'],
    unsure: true,
  },
  'words that lie': {
    code: `// export class Fake1700000000009 { up() {} }
/* name = 'Fake1700000000009' */
const text = "export class Fake1700000000009 { up() {} }"
const sql = \`export class Fake \${ \`} class X { up() {}\` } name = 'x'\`
const pattern = /export class ['"\`{]/.test(text)
export class A1700000000001 {
  /** name = 'no' */
  private sql = { name: 'no', up: 1 }
  async up(q) { const name = 'no'; await q.query(\`insert into t values ('it''s {', "name = 'no'")\`); return { name } }
  async down(q) { this.sql.name; const half = 4 / 2 / 1; q.name = '}' }
}`,
    names: ['A1700000000001'],
  },
  'names beyond ASCII': { code: `export class Größe1700000000001 { ${methods} }`, names: ['Größe1700000000001'] },
  'no migration at all': { code: `export class Helper { help() {} }`, names: [] },
  'an empty file': { code: '', names: [] },
  'a byte order mark and CRLF': {
    code: `\uFEFFexport class A1700000000001 {\r\n name = 'B1700000000001'\r\n ${methods} }\r\n`,
    names: ['B1700000000001'],
  },
  'decorators and imports': {
    code: `import { MigrationInterface as M } from 'typeorm'\nfunction Tag(): ClassDecorator { return () => {} }\n@Tag() export class A1700000000001 { ${methods} }`,
    names: ['A1700000000001'],
    unsure: true,
  },
}

const compilers: Record<string, (code: string) => { code: string; ending: string }> = {
  source: (code) => ({ code, ending: 'ts' }),
  'tsc to CommonJS': (code) => ({ code: tsc(code, ts.ModuleKind.CommonJS, ts.ScriptTarget.ES2022), ending: 'js' }),
  'tsc to CommonJS, older target': (code) => ({
    code: tsc(code, ts.ModuleKind.CommonJS, ts.ScriptTarget.ES2017),
    ending: 'js',
  }),
  'tsc to ES5': (code) => ({ code: tsc(code, ts.ModuleKind.CommonJS, ts.ScriptTarget.ES5), ending: 'js' }),
  'tsc to ES modules': (code) => ({ code: tsc(code, ts.ModuleKind.ESNext, ts.ScriptTarget.ES2022), ending: 'mjs' }),
  swc: (code) => ({
    code: swc(code, {
      module: { type: 'commonjs' },
      jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
    }).code,
    ending: 'js',
  }),
  esbuild: (code) => ({
    code: esbuild(code, {
      loader: 'ts',
      format: 'cjs',
      keepNames: true,
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    }).code,
    ending: 'js',
  }),
}

function tsc(code: string, module: ts.ModuleKind, target: ts.ScriptTarget): string {
  return ts.transpileModule(code, { compilerOptions: { module, target, experimentalDecorators: true } }).outputText
}

test.each(Object.keys(compilers))('what a text tells is what an import finds: %s', async (compiler) => {
  const project = createProject({})
  const read: string[] = []
  for (const [what, { code, names, unsure }] of Object.entries(sources)) {
    const output = compilers[compiler]?.(code)
    if (!output) throw new Error()
    const file = `${what.replace(/\W/g, '_')}.${output.ending}`
    project.write({ [file]: output.code })
    const imported = (await importMigrations(`${project.dir}/${file}`, project.dir)).map((each) => each.name)
    // A class expression has no name of its own in ES5.
    if (compiler === 'tsc to ES5' && what === 'a class expression') continue
    expect([what, imported.sort()]).toEqual([what, [...names].sort()])
    const told = readModule(output.code)?.migrations.map((each) => each.name)
    if (told !== undefined) expect([what, told.sort()]).toEqual([what, [...names].sort()])
    if (told !== undefined) read.push(what)
    if (compiler === 'source' && !unsure) expect([what, told]).toEqual([what, [...names].sort()])
  }
  expect(read).toMatchSnapshot()
})

test.each([
  [`module.exports = class A1700000000001 { ${methods} }`, ['A1700000000001']],
  [`module.exports.A = class A1700000000001 { ${methods} }`, ['A1700000000001']],
  [
    `class A1700000000001 { ${methods} }\nclass B1700000000002 { ${methods} }\nmodule.exports = { A1700000000001, B: B1700000000002 }`,
    ['A1700000000001', 'B1700000000002'],
  ],
  [`class A1700000000001 { ${methods} }\nexports.A = A1700000000001`, ['A1700000000001']],
  [`class A1700000000001 { ${methods} }\nexports['A'] = A1700000000001`, undefined],
  [`class A1700000000001 { ${methods} }\nObject.assign(exports, { A1700000000001 })`, undefined],
  [`class A1700000000001 { ${methods} }\nmodule.exports = [A1700000000001]`, undefined],
  [`export class A1700000000001 { ${methods} `, undefined],
  [`const x = f() / 2; export class A1700000000001 { ${methods} } // ) / `, undefined],
  [`export class A { static readonly name = 'B1700000000001'; ${methods} }`, undefined],
  [`export class A<T> { ${methods} }`, undefined],
  [`export * from 'elsewhere'\nexport class A1700000000001 { ${methods} }`, ['A1700000000001']],
])('hand-written: %s', (code, names) => {
  expect(readModule(code)?.migrations.map((each) => each.name)).toEqual(names)
})

test('re-exports are told apart from classes', () => {
  expect(readModule(`export * from './a'\nexport { B } from "./b.js"`)).toEqual({
    migrations: [],
    passesOn: ['./a', './b.js'],
  })
})
