import { Agent, AgentType, AuthProvider, User, UserRole } from '@chatai/shared'
import type { SeedTools } from 'godwit'

const users = [
  { title: 'Admin', short: 'admin', email: 'admin@chatai.com', password: 'Admin@123', role: UserRole.ADMIN },
  { title: 'Test', short: 'test', email: 'test@chatai.com', password: 'Test@123', role: UserRole.USER },
  { title: 'Demo', short: 'demo', email: 'demo@chatai.com', password: 'Demo@123', role: UserRole.USER },
]

const agents = [
  {
    short: 'GPT-4',
    name: 'GPT-4',
    description: 'OpenAI GPT-4 - Most capable AI model for complex tasks',
    type: AgentType.EXTERNAL,
    api_endpoint: 'https://api.openai.com/v1/chat/completions',
    model_source: 'openai/gpt-4',
    config: { temperature: 0.7, max_tokens: 4096, top_p: 1, frequency_penalty: 0, presence_penalty: 0 },
    active: true,
  },
  {
    short: 'GPT-3.5',
    name: 'GPT-3.5 Turbo',
    description: 'OpenAI GPT-3.5 Turbo - Fast and efficient for most tasks',
    type: AgentType.EXTERNAL,
    api_endpoint: 'https://api.openai.com/v1/chat/completions',
    model_source: 'openai/gpt-3.5-turbo',
    config: { temperature: 0.7, max_tokens: 2048, top_p: 1, frequency_penalty: 0, presence_penalty: 0 },
    active: true,
  },
  {
    short: 'Gemini',
    name: 'Gemini Pro',
    description: 'Google Gemini Pro - Multimodal AI with strong reasoning',
    type: AgentType.EXTERNAL,
    api_endpoint: 'https://generativelanguage.googleapis.com/v1/models',
    model_source: 'google/gemini-pro',
    config: { temperature: 0.7, maxOutputTokens: 2048, topK: 40, topP: 0.95 },
    active: true,
  },
  {
    short: 'Claude',
    name: 'Claude 3 Opus',
    description: 'Anthropic Claude 3 Opus - Advanced reasoning and analysis',
    type: AgentType.EXTERNAL,
    api_endpoint: 'https://api.anthropic.com/v1/messages',
    model_source: 'anthropic/claude-3-opus',
    config: { max_tokens: 4096, temperature: 0.7 },
    // Until there is a key for its API.
    active: false,
  },
]

/** Three users and four agents, each only where it is not there yet; all of it in one transaction. */
export default async function seed(tools: SeedTools): Promise<void> {
  const { log } = tools
  try {
    log('🌱 Starting seed...')
    const newUsers = await seedUsers(tools)
    const newAgents = await seedAgents(tools)
    log('\n🎉 Seed completed successfully!')
    log('\n📝 Summary:')
    log(`   - ${summary('user', newUsers, users)}`)
    log(`   - ${summary('agent', newAgents, agents)}`)
    if (!showsLogins(tools)) return
    log('\n🔐 Login credentials:')
    for (const { title, email, password } of users) log(`   ${`${title}:`.padEnd(6)} ${email} / ${password}`)
  } catch (error) {
    log(`❌ Seed failed: ${error instanceof Error ? error.message : error}`)
    throw Object.assign(Object(error), { exitCode: 1 })
  }
}

async function seedUsers(tools: SeedTools): Promise<string[]> {
  const { log, upsert, hash } = tools
  log('\n👤 Seeding users...')
  const created: string[] = []
  for (const { title, short, email, password, role } of users) {
    const { inserted } = await upsert(User, ['email'], {
      name: `${title} User`,
      email,
      password: hash(password, { rounds: 10 }),
      auth_provider: AuthProvider.EMAIL,
      role,
      is_active: true,
    })
    if (inserted === 0) log(`⏭️  ${title} user already exists`)
    else {
      created.push(short)
      log(`✅ ${title} user created: ${email}${showsLogins(tools) ? ` / ${password}` : ''}`)
    }
  }
  return created
}

// Nothing in the database says that an agent's name is its own, so they are looked for here; nobody else seeds meanwhile.
async function seedAgents({ log, dataSource }: SeedTools): Promise<string[]> {
  log('\n🤖 Seeding agents...')
  const repository = dataSource.getRepository(Agent)
  const created: string[] = []
  for (const { short, ...agent } of agents) {
    if (await repository.existsBy({ name: agent.name })) {
      log(`⏭️  Agent already exists: ${agent.name}`)
      continue
    }
    await repository.save(repository.create(agent))
    created.push(short)
    log(`✅ Agent created: ${agent.name}`)
  }
  return created
}

function showsLogins({ env }: SeedTools): boolean {
  return env === 'development' || env === 'test'
}

function summary(what: string, created: string[], all: readonly unknown[]): string {
  const names = created.length === 0 ? '' : ` (${created.join(', ')})`
  const there = all.length - created.length
  return `${created.length} ${what}s created${names}${there === 0 ? '' : `, ${there} already there`}`
}
