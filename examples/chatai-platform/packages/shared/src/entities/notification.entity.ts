import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'

export enum NotificationType {
  NEW_MESSAGE = 'new_message',
  PROJECT_INVITE = 'project_invite',
  TRAINING_COMPLETE = 'training_complete',
  AGENT_DEPLOYED = 'agent_deployed',
  SYSTEM = 'system',
}

/** Something a user should see. It has no foreign key: it is written by services that do not own the user. */
@Entity('notifications')
@Index('IDX_notifications_user_read_created', ['user_id', 'read', 'created_at'])
export class Notification {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_notifications_id' })
  id!: string

  @Column({ type: 'uuid' })
  user_id!: string

  @Column({ type: 'enum', enum: NotificationType })
  type!: NotificationType

  @Column({ type: 'varchar', length: 255 })
  title!: string

  @Column({ type: 'text' })
  message!: string

  @Column({ type: 'jsonb', nullable: true })
  data!: Record<string, unknown> | null

  @Column({ type: 'boolean', default: false })
  read!: boolean

  @CreateDateColumn()
  created_at!: Date
}
