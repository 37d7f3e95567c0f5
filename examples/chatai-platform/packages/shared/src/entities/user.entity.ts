import { Column, CreateDateColumn, Entity, OneToMany, PrimaryGeneratedColumn, Unique, UpdateDateColumn } from 'typeorm'
import { Message } from './message.entity'
import { Project } from './project.entity'
import { ProjectMember } from './project-member.entity'

export enum UserRole {
  ADMIN = 'admin',
  USER = 'user',
}

/** Where an account comes from; all but `EMAIL` carry the provider's own id in `oauth_id`. */
export enum AuthProvider {
  EMAIL = 'email',
  GOOGLE = 'google',
  FACEBOOK = 'facebook',
  TIKTOK = 'tiktok',
}

/** A person with an account. Removing one removes their projects, memberships and messages. */
@Entity('users')
@Unique('UQ_users_email', ['email'])
@Unique('UQ_users_phone', ['phone'])
export class User {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'PK_users_id' })
  id!: string

  @Column({ type: 'varchar', length: 255 })
  name!: string

  @Column({ type: 'varchar', length: 255 })
  email!: string

  @Column({ type: 'varchar', length: 20, nullable: true })
  phone!: string | null

  /** A hash, never the password itself; null for accounts of other providers. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  password!: string | null

  @Column({ type: 'enum', enum: AuthProvider, default: AuthProvider.EMAIL })
  auth_provider!: AuthProvider

  @Column({ type: 'varchar', length: 255, nullable: true })
  oauth_id!: string | null

  @Column({ type: 'enum', enum: UserRole, default: UserRole.USER })
  role!: UserRole

  @Column({ type: 'varchar', length: 500, nullable: true })
  avatar_url!: string | null

  @Column({ type: 'boolean', default: true })
  is_active!: boolean

  @CreateDateColumn()
  created_at!: Date

  @UpdateDateColumn()
  updated_at!: Date

  @OneToMany(
    () => Project,
    (project) => project.owner,
  )
  owned_projects!: Project[]

  @OneToMany(
    () => ProjectMember,
    (member) => member.user,
  )
  project_memberships!: ProjectMember[]

  @OneToMany(
    () => Message,
    (message) => message.user,
  )
  messages!: Message[]
}
