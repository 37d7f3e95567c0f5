import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMembers } from '../../src/project/init-json-text.js'

const wanted = { up: 'godwit up', down: 'godwit down' }

test.each([
  [
    'two spaces, and an array on one line',
    '{\n  "name": "x",\n  "files": ["a", "b"],\n  "scripts": {\n    "test": "vitest"\n  },\n  "z": 1\n}\n',
    '{\n  "name": "x",\n  "files": ["a", "b"],\n  "scripts": {\n    "test": "vitest",\n    "up": "godwit up",\n    "down": "godwit down"\n  },\n  "z": 1\n}\n',
  ],
  [
    'tabs, CRLF, no newline at the end, no scripts',
    '{\r\n\t"name": "x"\r\n}',
    '{\r\n\t"name": "x",\r\n\t"scripts": {\r\n\t\t"up": "godwit up",\r\n\t\t"down": "godwit down"\r\n\t}\r\n}',
  ],
  ['one line', '{"scripts":{"a":"b"}}', '{"scripts":{"a":"b", "up": "godwit up", "down": "godwit down"}}'],
  [
    'empty scripts',
    '{\n    "scripts": {}\n}\n',
    '{\n    "scripts": {\n        "up": "godwit up",\n        "down": "godwit down"\n    }\n}\n',
  ],
  ['nothing at all', '{}\n', '{\n  "scripts": {\n    "up": "godwit up",\n    "down": "godwit down"\n  }\n}\n'],
  [
    'a BOM, braces and quotes in strings',
    '\uFEFF{\n  "a": "}\\"{[",\n  "scripts": { "b": "echo \\\\" }\n}\n',
    '\uFEFF{\n  "a": "}\\"{[",\n  "scripts": { "b": "echo \\\\", "up": "godwit up", "down": "godwit down" }\n}\n',
  ],
])('the formatting stays: %s', (_, before, after) => {
  expect(addMembers(before, 'scripts', wanted)).toEqual({ text: after, added: ['up', 'down'] })
})

test('what exists is kept, and only the rest is added', () => {
  const { text, added } = addMembers('{\n  "scripts": {\n    "up": "mine"\n  }\n}\n', 'scripts', wanted)
  expect(added).toEqual(['down'])
  expect(JSON.parse(text)).toEqual({ scripts: { up: 'mine', down: 'godwit down' } })
})

test('with nothing to add the text is the same', () => {
  const text = '{"scripts": {"up": "1", "down": "2"}}'
  expect(addMembers(text, 'scripts', wanted)).toEqual({ text, added: [] })
})

test('whatever else the file holds means the same afterwards', () => {
  const files = fc.dictionary(fc.string(), fc.jsonValue()).filter((value) => !Object.hasOwn(value, '__proto__'))
  const space = fc.constantFrom(undefined, 1, 2, 4, '\t')
  fc.assert(
    fc.property(files, fc.option(fc.dictionary(fc.string(), fc.string())), space, (rest, scripts, indent) => {
      const before = { ...rest, ...(scripts === null ? {} : { scripts }) }
      if (typeof before.scripts !== 'object' || before.scripts === null || Array.isArray(before.scripts))
        delete (before as { scripts?: unknown }).scripts
      const { text } = addMembers(JSON.stringify(before, null, indent), 'scripts', wanted)
      expect(JSON.parse(text)).toEqual(
        JSON.parse(JSON.stringify({ ...before, scripts: { ...wanted, ...(before.scripts as object | undefined) } })),
      )
    }),
  )
})
