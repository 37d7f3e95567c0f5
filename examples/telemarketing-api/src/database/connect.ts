import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { connect, connection, disconnect } from 'mongoose'

const server =
  'Set MONGODB_URI, or start a server at 127.0.0.1: a local mongod, `docker run -p 27017:27017 mongo`, or the npm package mongodb-memory-server.'

/** Connects mongoose to the database that the migrations work on, does something there, and disconnects. */
export async function withDatabase(work: (name: string) => Promise<void>): Promise<void> {
  const file = join(__dirname, '../../.env')
  if (existsSync(file)) process.loadEnvFile(file)
  const uri = process.env.MONGODB_URI ?? 'mongodb://127.0.0.1:27017/telemarketing'
  try {
    // Collections and indexes are made by the migrations.
    await connect(uri, { autoIndex: false, autoCreate: false, serverSelectionTimeoutMS: 5_000 })
  } catch (error) {
    throw new Error(`MongoDB cannot be reached: ${(error as Error).message}\n${server}`, { cause: error })
  }
  try {
    await work(connection.name)
  } finally {
    await disconnect()
  }
}
