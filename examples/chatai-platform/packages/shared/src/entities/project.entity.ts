import {
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
} from 'typeorm'
import { Conversation } from './conversation.entity'
import { ProjectMember } from './project-member.entity'
import { User } from './user.entity'

/** What conversations and members belong to. Hidden by `is_deleted`, really gone only with its owner. */
@Entity('projects')
export class Project {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_projects_id' })
  id!: string

  @Column({ type: 'varchar', length: 255 })
  name!: string

  @Column({ type: 'text', nullable: true })
  description!: string | null

  @Column({ type: 'uuid' })
  owner_id!: string

  @Column({ type: 'boolean', default: false })
  is_deleted!: boolean

  @CreateDateColumn()
  created_at!: Date

  @UpdateDateColumn()
  updated_at!: Date

  @ManyToOne(
    () => User,
    (user) => user.owned_projects,
    { onDelete: 'CASCADE' },
  )
  @JoinColumn({ name: 'owner_id', foreignKeyConstraintName: 'FK_projects_owner' })
  owner!: User

  @OneToMany(
    () => ProjectMember,
    (member) => member.project,
  )
  members!: ProjectMember[]

  @OneToMany(
    () => Conversation,
    (conversation) => conversation.project,
  )
  conversations!: Conversation[]
}
