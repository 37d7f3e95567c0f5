import type { MigrationInterface, QueryRunner } from 'typeorm'

/** For a customer's orders, the orders of a day, where a product was sold, and looking products up by name. */
export class AddIndexes1699123567890 implements MigrationInterface {
  name = 'AddIndexes1699123567890'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE INDEX "IDX_e5de51ca888d8b1f5ac25799dd" ON "orders" ("customerId")`)
    await queryRunner.query(`CREATE INDEX "IDX_29f7b0a180b3345fadaca0af8c" ON "orders" ("status", "placedAt")`)
    await queryRunner.query(`CREATE INDEX "IDX_cdb99c05982d5191ac8465ac01" ON "order_items" ("productId")`)
    await queryRunner.query(`CREATE INDEX "IDX_4c9fb58de893725258746385e1" ON "products" ("name")`)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "public"."IDX_4c9fb58de893725258746385e1"`)
    await queryRunner.query(`DROP INDEX "public"."IDX_cdb99c05982d5191ac8465ac01"`)
    await queryRunner.query(`DROP INDEX "public"."IDX_29f7b0a180b3345fadaca0af8c"`)
    await queryRunner.query(`DROP INDEX "public"."IDX_e5de51ca888d8b1f5ac25799dd"`)
  }
}
