import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
} from 'typeorm'
import { Customer } from './customer'
import { OrderItem } from './order-item'

export enum OrderStatus {
  DRAFT = 'draft',
  PLACED = 'placed',
  SHIPPED = 'shipped',
  CANCELLED = 'cancelled',
}

/** What a customer wants at once. */
@Entity('orders')
@Index(['status', 'placedAt'])
export class Order {
  @PrimaryGeneratedColumn()
  id!: number

  @Index()
  @Column({ type: 'integer' })
  customerId!: number

  @Column({ type: 'enum', enum: OrderStatus, default: OrderStatus.DRAFT })
  status!: OrderStatus

  @Column({ type: 'timestamptz', nullable: true })
  placedAt!: Date | null

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date

  @ManyToOne(
    () => Customer,
    (customer) => customer.orders,
    { onDelete: 'RESTRICT' },
  )
  @JoinColumn({ name: 'customerId' })
  customer!: Customer

  @OneToMany(
    () => OrderItem,
    (item) => item.order,
  )
  items!: OrderItem[]
}
