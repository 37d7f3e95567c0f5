import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'

/** One charge. It has no foreign keys: what was billed stays on record after its user and project are gone. */
@Entity('billing_logs')
@Index('IDX_billing_logs_user_timestamp', ['user_id', 'timestamp'])
@Index('IDX_billing_logs_project_timestamp', ['project_id', 'timestamp'])
export class BillingLog {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_billing_logs_id' })
  id!: string

  @Column({ type: 'uuid' })
  user_id!: string

  @Column({ type: 'uuid', nullable: true })
  project_id!: string | null

  @Column({ type: 'uuid', nullable: true })
  conversation_id!: string | null

  @Column({ type: 'uuid', nullable: true })
  agent_id!: string | null

  @Column({ type: 'float' })
  tokens!: number

  @Column({ type: 'float' })
  cost!: number

  @Column({ type: 'varchar', length: 10, default: 'USD' })
  currency!: string

  @CreateDateColumn()
  timestamp!: Date
}
