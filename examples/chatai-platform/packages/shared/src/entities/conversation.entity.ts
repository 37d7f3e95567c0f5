import {
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  Unique,
  UpdateDateColumn,
} from 'typeorm'
import { Message } from './message.entity'
import { Project } from './project.entity'

/** One thread of messages in a project. */
@Entity('conversations')
@Unique('UQ_conversations_thread_id', ['thread_id'])
export class Conversation {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_conversations_id' })
  id!: string

  @Column({ type: 'uuid' })
  project_id!: string

  @Column({ type: 'varchar', length: 255 })
  title!: string

  /** The id under which agents know the thread. */
  @Column({ type: 'varchar', length: 100 })
  thread_id!: string

  @Column({ type: 'jsonb', nullable: true })
  metadata!: Record<string, unknown> | null

  @Column({ type: 'boolean', default: false })
  is_deleted!: boolean

  @CreateDateColumn()
  created_at!: Date

  @UpdateDateColumn()
  updated_at!: Date

  @ManyToOne(
    () => Project,
    (project) => project.conversations,
    { onDelete: 'CASCADE' },
  )
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'FK_conversations_project' })
  project!: Project

  @OneToMany(
    () => Message,
    (message) => message.conversation,
  )
  messages!: Message[]
}
