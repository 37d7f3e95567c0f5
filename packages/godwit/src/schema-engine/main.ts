import { createInterface } from 'node:readline'
import { type EngineArguments, readArguments } from './arguments.js'
import { runDatabaseCommand } from './database-command.js'
import { toFailure } from './failures.js'
import { EngineRequests } from './requests.js'

/**
 * `godwit-schema-engine`: stands in for the schema engine that Prisma's CLI downloads. It speaks the same protocol, JSON-RPC in
 * lines on stdin and stdout, and works with the same engine as WebAssembly.
 */
async function main(args: EngineArguments): Promise<number> {
  if (args.version) {
    process.stdout.write('schema-engine-cli godwit\n')
    return 0
  }
  return args.command === undefined ? serve(args) : runOnce(args.command, args)
}

async function runOnce(command: string, { url = '' }: EngineArguments): Promise<number> {
  // Prisma's CLI leaves the first line out and reads each other one as JSON.
  tell('INFO', { message: `Running ${command}` })
  try {
    await runDatabaseCommand(command, url, process.cwd())
    return 0
  } catch (error) {
    const { code, message } = toFailure(error)
    tell('ERROR', { error_code: code ?? 'P1000', message })
    return 1
  }
}

async function serve(args: EngineArguments): Promise<number> {
  let printed = 0
  const requests = new EngineRequests(args, process.cwd(), (content) => {
    printed++
    send({ id: `print-${printed}`, method: 'print', params: { content } })
  })
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line) as { id: unknown; method?: string; params?: unknown }
    // An answer to what was printed.
    if (method === undefined) continue
    try {
      send({ id, result: (await requests.answer(method, params)) ?? null })
    } catch (error) {
      const { code = null, message } = toFailure(error)
      const data = { is_panic: false, message, error_code: code, meta: null }
      send({ id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } })
    }
  }
  await requests.close()
  return 0
}

function send(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

function tell(level: string, fields: Record<string, unknown>): void {
  process.stderr.write(`${JSON.stringify({ level, fields, target: 'schema_engine::logger' })}\n`)
}

process.exitCode = await main(readArguments(process.argv.slice(2)))
