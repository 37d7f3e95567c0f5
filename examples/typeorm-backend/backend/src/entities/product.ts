import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm'

/** Something to order. Taken out of the shop with `active`, so that old orders keep what they name. */
@Entity('products')
export class Product {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'varchar', length: 64, unique: true })
  sku!: string

  @Index()
  @Column({ type: 'varchar', length: 200 })
  name!: string

  @Column({ type: 'text', nullable: true })
  description!: string | null

  @Column({ type: 'integer' })
  priceCents!: number

  @Column({ type: 'boolean', default: true })
  active!: boolean

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date
}
