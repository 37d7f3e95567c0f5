import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The first milestone's eight tables. Enums come first, foreign keys last, so that no order among tables matters. */
export class InitialSchema1736150400000 implements MigrationInterface {
  name = 'InitialSchema1736150400000'

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE EXTENSION IF NOT EXISTS "uuid-ossp"`)

    await queryRunner.query(
      `CREATE TYPE "public"."users_auth_provider_enum" AS ENUM ('email', 'google', 'facebook', 'tiktok')`,
    )
    await queryRunner.query(`CREATE TYPE "public"."users_role_enum" AS ENUM ('admin', 'user')`)
    await queryRunner.query(`CREATE TYPE "public"."project_members_role_enum" AS ENUM ('owner', 'editor', 'viewer')`)
    await queryRunner.query(`CREATE TYPE "public"."agents_type_enum" AS ENUM ('external', 'self-hosted')`)
    await queryRunner.query(`
      CREATE TYPE "public"."notifications_type_enum"
        AS ENUM ('new_message', 'project_invite', 'training_complete', 'agent_deployed', 'system')
    `)

    await queryRunner.query(`
      CREATE TABLE "users" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "name" character varying(255) NOT NULL,
        "email" character varying(255) NOT NULL,
        "phone" character varying(20),
        "password" character varying(255),
        "auth_provider" "public"."users_auth_provider_enum" NOT NULL DEFAULT 'email',
        "oauth_id" character varying(255),
        "role" "public"."users_role_enum" NOT NULL DEFAULT 'user',
        "avatar_url" character varying(500),
        "is_active" boolean NOT NULL DEFAULT true,
        "created_at" timestamp without time zone NOT NULL DEFAULT now(),
        "updated_at" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_users_id" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_users_email" UNIQUE ("email"),
        CONSTRAINT "UQ_users_phone" UNIQUE ("phone")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "projects" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "name" character varying(255) NOT NULL,
        "description" text,
        "owner_id" uuid NOT NULL,
        "is_deleted" boolean NOT NULL DEFAULT false,
        "created_at" timestamp without time zone NOT NULL DEFAULT now(),
        "updated_at" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_projects_id" PRIMARY KEY ("id")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "project_members" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "project_id" uuid NOT NULL,
        "user_id" uuid NOT NULL,
        "role" "public"."project_members_role_enum" NOT NULL DEFAULT 'viewer',
        "created_at" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_project_members_id" PRIMARY KEY ("id")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "conversations" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "project_id" uuid NOT NULL,
        "title" character varying(255) NOT NULL,
        "thread_id" character varying(100) NOT NULL,
        "metadata" jsonb,
        "is_deleted" boolean NOT NULL DEFAULT false,
        "created_at" timestamp without time zone NOT NULL DEFAULT now(),
        "updated_at" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_conversations_id" PRIMARY KEY ("id"),
        CONSTRAINT "UQ_conversations_thread_id" UNIQUE ("thread_id")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "agents" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "name" character varying(255) NOT NULL,
        "description" text,
        "type" "public"."agents_type_enum" NOT NULL DEFAULT 'external',
        "api_endpoint" character varying(500),
        "api_key_encrypted" text,
        "config" jsonb,
        "model_source" character varying(255),
        "training_config" jsonb,
        "version" character varying(50),
        "active" boolean NOT NULL DEFAULT true,
        "created_at" timestamp without time zone NOT NULL DEFAULT now(),
        "updated_at" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_agents_id" PRIMARY KEY ("id")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "messages" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "conversation_id" uuid NOT NULL,
        "user_id" uuid NOT NULL,
        "agent_id" uuid,
        "user_message" text NOT NULL,
        "agent_response" text,
        "attachments" jsonb,
        "tokens_used" double precision,
        "cost" double precision,
        "created_at" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_messages_id" PRIMARY KEY ("id")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "billing_logs" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "user_id" uuid NOT NULL,
        "project_id" uuid,
        "conversation_id" uuid,
        "agent_id" uuid,
        "tokens" double precision NOT NULL,
        "cost" double precision NOT NULL,
        "currency" character varying(10) NOT NULL DEFAULT 'USD',
        "timestamp" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_billing_logs_id" PRIMARY KEY ("id")
      )
    `)
    await queryRunner.query(`
      CREATE TABLE "notifications" (
        "id" uuid NOT NULL DEFAULT uuid_generate_v4(),
        "user_id" uuid NOT NULL,
        "type" "public"."notifications_type_enum" NOT NULL,
        "title" character varying(255) NOT NULL,
        "message" text NOT NULL,
        "data" jsonb,
        "read" boolean NOT NULL DEFAULT false,
        "created_at" timestamp without time zone NOT NULL DEFAULT now(),
        CONSTRAINT "PK_notifications_id" PRIMARY KEY ("id")
      )
    `)

    await queryRunner.query(`
      CREATE UNIQUE INDEX "IDX_project_members_project_user" ON "project_members" ("project_id", "user_id")
    `)
    await queryRunner.query(`
      CREATE INDEX "IDX_messages_conversation_created" ON "messages" ("conversation_id", "created_at")
    `)
    await queryRunner.query(`
      CREATE INDEX "IDX_billing_logs_user_timestamp" ON "billing_logs" ("user_id", "timestamp")
    `)
    await queryRunner.query(`
      CREATE INDEX "IDX_billing_logs_project_timestamp" ON "billing_logs" ("project_id", "timestamp")
    `)
    await queryRunner.query(`
      CREATE INDEX "IDX_notifications_user_read_created" ON "notifications" ("user_id", "read", "created_at")
    `)

    await queryRunner.query(`
      ALTER TABLE "projects" ADD CONSTRAINT "FK_projects_owner"
        FOREIGN KEY ("owner_id") REFERENCES "users" ("id") ON DELETE CASCADE
    `)
    await queryRunner.query(`
      ALTER TABLE "project_members" ADD CONSTRAINT "FK_project_members_project"
        FOREIGN KEY ("project_id") REFERENCES "projects" ("id") ON DELETE CASCADE
    `)
    await queryRunner.query(`
      ALTER TABLE "project_members" ADD CONSTRAINT "FK_project_members_user"
        FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
    `)
    await queryRunner.query(`
      ALTER TABLE "conversations" ADD CONSTRAINT "FK_conversations_project"
        FOREIGN KEY ("project_id") REFERENCES "projects" ("id") ON DELETE CASCADE
    `)
    await queryRunner.query(`
      ALTER TABLE "messages" ADD CONSTRAINT "FK_messages_conversation"
        FOREIGN KEY ("conversation_id") REFERENCES "conversations" ("id") ON DELETE CASCADE
    `)
    await queryRunner.query(`
      ALTER TABLE "messages" ADD CONSTRAINT "FK_messages_user"
        FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE
    `)
    await queryRunner.query(`
      ALTER TABLE "messages" ADD CONSTRAINT "FK_messages_agent"
        FOREIGN KEY ("agent_id") REFERENCES "agents" ("id") ON DELETE SET NULL
    `)
  }

  /** Leaves "uuid-ossp": it may have been there before, and other schemas may use it. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "messages" DROP CONSTRAINT "FK_messages_agent"`)
    await queryRunner.query(`ALTER TABLE "messages" DROP CONSTRAINT "FK_messages_user"`)
    await queryRunner.query(`ALTER TABLE "messages" DROP CONSTRAINT "FK_messages_conversation"`)
    await queryRunner.query(`ALTER TABLE "conversations" DROP CONSTRAINT "FK_conversations_project"`)
    await queryRunner.query(`ALTER TABLE "project_members" DROP CONSTRAINT "FK_project_members_user"`)
    await queryRunner.query(`ALTER TABLE "project_members" DROP CONSTRAINT "FK_project_members_project"`)
    await queryRunner.query(`ALTER TABLE "projects" DROP CONSTRAINT "FK_projects_owner"`)

    await queryRunner.query(`DROP TABLE "notifications"`)
    await queryRunner.query(`DROP TABLE "billing_logs"`)
    await queryRunner.query(`DROP TABLE "messages"`)
    await queryRunner.query(`DROP TABLE "agents"`)
    await queryRunner.query(`DROP TABLE "conversations"`)
    await queryRunner.query(`DROP TABLE "project_members"`)
    await queryRunner.query(`DROP TABLE "projects"`)
    await queryRunner.query(`DROP TABLE "users"`)

    await queryRunner.query(`DROP TYPE "public"."notifications_type_enum"`)
    await queryRunner.query(`DROP TYPE "public"."agents_type_enum"`)
    await queryRunner.query(`DROP TYPE "public"."project_members_role_enum"`)
    await queryRunner.query(`DROP TYPE "public"."users_role_enum"`)
    await queryRunner.query(`DROP TYPE "public"."users_auth_provider_enum"`)
  }
}
