import { existsSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { ComparedModels } from '../../contract.js'
import { listFolder } from '../../files.js'
import { placeOfEntity } from '../entity-places.js'
import { glob } from '../migration-files.js'
import type { EntityMetadata } from '../typeorm-shapes.js'

/** Where entities may lie. */
export interface EntityPlaces {
  projectDir: string
  /** The data source's file, absolute. */
  dataSource: string
  /** The globs of its `entities`. */
  globs: readonly string[]
  /** Where migrations are, absolute. */
  migrations: string
}

const usualFolders = ['entities', 'entity', 'models', 'src/entities', 'src/entity', 'src/models']
const decorated = /@\s*(?:\w+\.)?(?:Entity|ViewEntity|ChildEntity)\s*\(|\bnew\s+EntitySchema\b/

/** The entities that were compared, and the files beside them that give none: what people look for when nothing was found. */
export async function modelsOf(entities: readonly EntityMetadata[], places: EntityPlaces): Promise<ComparedModels> {
  const own = entities.filter(({ tableType }) => !/junction|closure/.test(tableType))
  const files = new Set(own.flatMap(({ target }) => placeOfEntity(target)?.file ?? []))
  const others = (await candidates(files, places)).filter((file) => !files.has(file))
  const texts = others.map((file) => ({ file: relative(places.projectDir, file), text: readFileSync(file, 'utf8') }))
  return {
    found: own.map(({ name }) => name).sort(),
    unlisted: texts.filter(({ text }) => decorated.test(text)).map(({ file }) => file),
    without: texts.filter(({ text }) => !decorated.test(text) && !onlyPassesOn(text)).map(({ file }) => file),
    ...(await matchless(places)),
  }
}

async function candidates(
  files: ReadonlySet<string>,
  { projectDir, dataSource, globs, migrations }: EntityPlaces,
): Promise<string[]> {
  const folders = new Set([...files].map((file) => dirname(file)))
  const matched = await glob(globs, projectDir)
  if (folders.size === 0) {
    for (const folder of [...globs.map(baseOf), ...usualFolders, resolve(dirname(dataSource), 'entities')])
      if (existsSync(resolve(projectDir, folder))) folders.add(resolve(projectDir, folder))
  }
  const beside = [...folders].flatMap((folder) =>
    listFolder(folder, projectDir)
      .filter(({ name, isFolder }) => !isFolder && /\.[cm]?[jt]s$/.test(name))
      .map(({ name }) => `${folder}/${name}`),
  )
  return [...new Set([...matched, ...beside])]
    .filter((file) => !/\.(?:d|spec|test)\.[cm]?[jt]s$/.test(file) && file !== dataSource)
    .filter((file) => dirname(file) !== migrations)
    .sort()
}

async function matchless({ globs, projectDir }: EntityPlaces): Promise<{ matchless?: string[] }> {
  const found: string[] = []
  for (const pattern of globs) if ((await glob([pattern], projectDir)).length === 0) found.push(pattern)
  return found.length === 0 ? {} : { matchless: found.map((pattern) => shown(pattern, projectDir)) }
}

function shown(pattern: string, projectDir: string): string {
  return pattern.startsWith(`${projectDir}/`) ? pattern.slice(projectDir.length + 1) : pattern
}

/** The part of a glob that is a folder. */
function baseOf(pattern: string): string {
  const parts = pattern.split('/')
  const first = parts.findIndex((part) => /[*?{}[\]()!]/.test(part))
  return first < 0 ? dirname(pattern) : parts.slice(0, first).join('/') || '.'
}

// An index is no place for a class.
function onlyPassesOn(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  return (
    /\bexport\b/.test(code) && code.replace(/\b(?:ex|im)port\b[^'"]*\bfrom\s*(['"])[^'"]*\1\s*;?/g, '').trim() === ''
  )
}
