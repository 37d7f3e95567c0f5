import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
import { Agent } from './agent.entity'
import { Conversation } from './conversation.entity'
import { User } from './user.entity'

/** What a user wrote and what an agent answered. It outlives its agent, not its conversation or its user. */
@Entity('messages')
@Index('IDX_messages_conversation_created', ['conversation_id', 'created_at'])
export class Message {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_messages_id' })
  id!: string

  @Column({ type: 'uuid' })
  conversation_id!: string

  @Column({ type: 'uuid' })
  user_id!: string

  @Column({ type: 'uuid', nullable: true })
  agent_id!: string | null

  @Column({ type: 'text' })
  user_message!: string

  @Column({ type: 'text', nullable: true })
  agent_response!: string | null

  @Column({ type: 'jsonb', nullable: true })
  attachments!: Record<string, unknown>[] | null

  @Column({ type: 'float', nullable: true })
  tokens_used!: number | null

  @Column({ type: 'float', nullable: true })
  cost!: number | null

  @CreateDateColumn()
  created_at!: Date

  @ManyToOne(
    () => Conversation,
    (conversation) => conversation.messages,
    { onDelete: 'CASCADE' },
  )
  @JoinColumn({ name: 'conversation_id', foreignKeyConstraintName: 'FK_messages_conversation' })
  conversation!: Conversation

  @ManyToOne(
    () => User,
    (user) => user.messages,
    { onDelete: 'CASCADE' },
  )
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_messages_user' })
  user!: User

  @ManyToOne(
    () => Agent,
    (agent) => agent.messages,
    { onDelete: 'SET NULL' },
  )
  @JoinColumn({ name: 'agent_id', foreignKeyConstraintName: 'FK_messages_agent' })
  agent!: Agent | null
}
