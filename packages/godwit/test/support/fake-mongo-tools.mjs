// Stands in for mongodump and mongorestore where they are not installed: it takes the arguments that Godwit gives, and no others.
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { BSON, MongoClient } from 'mongodb'

const [, , tool, ...given] = process.argv
if (given[0] === '--version') {
  console.log(`${tool} version: 100.9.4`)
  process.exit(0)
}
const flags = new Map()
for (const each of given) {
  const [, name, value = true] = /^--(\w+)(?:=(.*))?$/.exec(each) ?? []
  const known =
    tool === 'mongodump'
      ? 'config db archive gzip quiet'
      : 'config archive gzip quiet stopOnError nsInclude nsExclude nsFrom nsTo'
  if (name === undefined || !known.split(' ').includes(name)) {
    console.error(`error parsing command line options: unknown flag ${each}`)
    process.exit(1)
  }
  flags.set(name, [...(flags.get(name) ?? []), value])
}
const one = (name) => flags.get(name)?.[0]
const uri = JSON.parse(/^uri: (".*")$/m.exec(readFileSync(one('config'), 'utf8'))[1])
const client = await MongoClient.connect(uri)
const matches = (patterns, name) =>
  (patterns ?? []).some((pattern) =>
    pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  )
try {
  if (tool === 'mongodump') {
    const db = client.db(one('db'))
    const found = {}
    for (const { name } of await db.listCollections().toArray())
      found[`${one('db')}.${name}`] = {
        documents: await db.collection(name).find().toArray(),
        indexes: (await db.collection(name).indexes()).filter((index) => index.name !== '_id_'),
      }
    writeFileSync(one('archive'), gzipSync(BSON.EJSON.stringify(found, { relaxed: false })))
  } else {
    const found = BSON.EJSON.parse(gunzipSync(readFileSync(one('archive'))).toString(), { relaxed: false })
    for (const [name, { documents, indexes }] of Object.entries(found)) {
      if (!matches(flags.get('nsInclude'), name) || matches(flags.get('nsExclude'), name)) continue
      const renamed =
        one('nsFrom') === undefined ? name : one('nsTo').slice(0, -1) + name.slice(one('nsFrom').length - 1)
      const at = renamed.indexOf('.')
      const db = client.db(renamed.slice(0, at))
      const collection = await db.createCollection(renamed.slice(at + 1))
      if (documents.length > 0) await collection.insertMany(documents)
      for (const { key, name: index, unique } of indexes)
        await collection.createIndex(key, { name: index, ...(unique ? { unique } : {}) })
    }
  }
} catch (error) {
  console.error(`Failed: ${error.message} (${uri})`)
  process.exitCode = 1
} finally {
  await client.close()
}
