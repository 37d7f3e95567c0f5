import { Column, CreateDateColumn, Entity, OneToMany, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm'
import { Message } from './message.entity'

export enum AgentType {
  EXTERNAL = 'external',
  SELF_HOSTED = 'self-hosted',
}

/** A model that answers: one behind somebody's API, or one trained and served by the platform. */
@Entity('agents')
export class Agent {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_agents_id' })
  id!: string

  @Column({ type: 'varchar', length: 255 })
  name!: string

  @Column({ type: 'text', nullable: true })
  description!: string | null

  @Column({ type: 'enum', enum: AgentType, default: AgentType.EXTERNAL })
  type!: AgentType

  @Column({ type: 'varchar', length: 500, nullable: true })
  api_endpoint!: string | null

  @Column({ type: 'text', nullable: true })
  api_key_encrypted!: string | null

  @Column({ type: 'jsonb', nullable: true })
  config!: Record<string, unknown> | null

  @Column({ type: 'varchar', length: 255, nullable: true })
  model_source!: string | null

  @Column({ type: 'jsonb', nullable: true })
  training_config!: Record<string, unknown> | null

  @Column({ type: 'varchar', length: 50, nullable: true })
  version!: string | null

  @Column({ type: 'boolean', default: true })
  active!: boolean

  @CreateDateColumn()
  created_at!: Date

  @UpdateDateColumn()
  updated_at!: Date

  @OneToMany(
    () => Message,
    (message) => message.agent,
  )
  messages!: Message[]
}
