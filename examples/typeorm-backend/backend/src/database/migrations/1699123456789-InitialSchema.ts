import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Products, and customers with their orders. The names are those that TypeORM makes of tables and columns. */
export class InitialSchema1699123456789 implements MigrationInterface {
  name = 'InitialSchema1699123456789'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "customers" (
        "id" SERIAL NOT NULL,
        "name" character varying(200) NOT NULL,
        "email" character varying(320) NOT NULL,
        "createdAt" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "updatedAt" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "UQ_8536b8b85c06969f84f0c098b03" UNIQUE ("email"),
        CONSTRAINT "PK_133ec679a801fab5e070f73d3ea" PRIMARY KEY ("id")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "products" (
        "id" SERIAL NOT NULL,
        "sku" character varying(64) NOT NULL,
        "name" character varying(200) NOT NULL,
        "description" text,
        "priceCents" integer NOT NULL,
        "active" boolean NOT NULL DEFAULT true,
        "createdAt" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "updatedAt" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "UQ_c44ac33a05b144dd0d9ddcf9327" UNIQUE ("sku"),
        CONSTRAINT "PK_0806c755e0aca124e67c0cf6d7d" PRIMARY KEY ("id")
      )
    `)
    await queryRunner.query(
      `CREATE TYPE "public"."orders_status_enum" AS ENUM ('draft', 'placed', 'shipped', 'cancelled')`,
    )
    await queryRunner.query(`
      CREATE TABLE "orders" (
        "id" SERIAL NOT NULL,
        "customerId" integer NOT NULL,
        "status" "public"."orders_status_enum" NOT NULL DEFAULT 'draft',
        "placedAt" TIMESTAMP WITH TIME ZONE,
        "createdAt" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "PK_710e2d4957aa5878dfe94e4ac2f" PRIMARY KEY ("id"),
        CONSTRAINT "FK_e5de51ca888d8b1f5ac25799dd1" FOREIGN KEY ("customerId") REFERENCES "customers" ("id")
          ON DELETE RESTRICT
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "order_items" (
        "id" SERIAL NOT NULL,
        "orderId" integer NOT NULL,
        "productId" integer NOT NULL,
        "quantity" integer NOT NULL,
        "unitPriceCents" integer NOT NULL,
        CONSTRAINT "UQ_5dc4f4cfd0b2c11447acab8352c" UNIQUE ("orderId", "productId"),
        CONSTRAINT "CHK_order_items_quantity" CHECK ("quantity" > 0),
        CONSTRAINT "PK_005269d8574e6fac0493715c308" PRIMARY KEY ("id"),
        CONSTRAINT "FK_f1d359a55923bb45b057fbdab0d" FOREIGN KEY ("orderId") REFERENCES "orders" ("id")
          ON DELETE CASCADE,
        CONSTRAINT "FK_cdb99c05982d5191ac8465ac010" FOREIGN KEY ("productId") REFERENCES "products" ("id")
          ON DELETE RESTRICT
      )
    `)
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "order_items"`)
    await queryRunner.query(`DROP TABLE "orders"`)
    await queryRunner.query(`DROP TYPE "public"."orders_status_enum"`)
    await queryRunner.query(`DROP TABLE "products"`)
    await queryRunner.query(`DROP TABLE "customers"`)
  }
}
