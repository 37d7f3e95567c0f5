import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { glob as reference } from 'tinyglobby'
import { expect, onTestFinished, test } from 'vitest'
import { glob } from '../../../src/formats/typeorm/migration-files.js'

test.for([
  'm/*.ts',
  'm/*.js',
  'm/*{.ts,.js}',
  'm/*.{ts,js}',
  './m/*.ts',
  'm/n/../*.ts',
  'gone/*.ts',
  'm/*/*.ts',
  'm/*1*.ts',
])('%s stands for what a matcher finds', async (pattern) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-glob-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'm/n.ts'), { recursive: true })
  mkdirSync(join(folder, 'm/n'))
  for (const name of ['1-A.ts', '2-B.js', '3-Cts', '.4-D.ts', '5-E.TS', 'n/6-F.ts', '7-G.d.ts', '8 H.ts'])
    writeFileSync(join(folder, 'm', name), '')
  symlinkSync(join(folder, 'm/n/6-F.ts'), join(folder, 'm/9-link.ts'))
  const found = await reference(pattern, { cwd: folder, absolute: true })
  expect(await glob([pattern], folder)).toEqual(found.filter((file) => !file.endsWith('.d.ts')).sort())
})
