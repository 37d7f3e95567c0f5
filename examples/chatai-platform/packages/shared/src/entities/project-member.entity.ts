import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
import { Project } from './project.entity'
import { User } from './user.entity'

export enum ProjectRole {
  OWNER = 'owner',
  EDITOR = 'editor',
  VIEWER = 'viewer',
}

/** A user's role in a project; one row for each pair. */
@Entity('project_members')
@Index('IDX_project_members_project_user', ['project_id', 'user_id'], { unique: true })
export class ProjectMember {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_project_members_id' })
  id!: string

  @Column({ type: 'uuid' })
  project_id!: string

  @Column({ type: 'uuid' })
  user_id!: string

  @Column({ type: 'enum', enum: ProjectRole, default: ProjectRole.VIEWER })
  role!: ProjectRole

  @CreateDateColumn()
  created_at!: Date

  @ManyToOne(
    () => Project,
    (project) => project.members,
    { onDelete: 'CASCADE' },
  )
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'FK_project_members_project' })
  project!: Project

  @ManyToOne(
    () => User,
    (user) => user.project_memberships,
    { onDelete: 'CASCADE' },
  )
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_project_members_user' })
  user!: User
}
