import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm'
import { Order } from './order'
import { Product } from './product'

/** One product in an order, at the price it had then. */
@Entity('order_items')
@Unique(['orderId', 'productId'])
@Check('CHK_order_items_quantity', '"quantity" > 0')
export class OrderItem {
  @PrimaryGeneratedColumn()
  id!: number

  @Column({ type: 'integer' })
  orderId!: number

  @Index()
  @Column({ type: 'integer' })
  productId!: number

  @Column({ type: 'integer' })
  quantity!: number

  @Column({ type: 'integer' })
  unitPriceCents!: number

  @ManyToOne(
    () => Order,
    (order) => order.items,
    { onDelete: 'CASCADE' },
  )
  @JoinColumn({ name: 'orderId' })
  order!: Order

  @ManyToOne(() => Product, { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'productId' })
  product!: Product
}
