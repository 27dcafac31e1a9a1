-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "auth";

-- CreateTable
CREATE TABLE "auth"."organization" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."user" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "roles" TEXT[],
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "last_signed_in_at" TIMESTAMPTZ(6),

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."service_client" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "secret_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "secret_rotated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "service_client_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth"."signing_key" (
    "kid" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "sealed_private" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "retired_at" TIMESTAMPTZ(6),
    "publish_until" TIMESTAMPTZ(6),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "auth"."oauth_artifact" (
    "model" TEXT NOT NULL,
    "id_hash" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "grant_id" TEXT,
    "uid" TEXT,
    "account_id" TEXT,
    "consumed_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "oauth_artifact_pkey" PRIMARY KEY ("model","id_hash")
);

-- CreateTable
CREATE TABLE "auth"."sign_in_attempts" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(6) NOT NULL,
    "locked_until" TIMESTAMPTZ(6),

    CONSTRAINT "sign_in_attempts_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "auth"."outbox_event" (
    "seq" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "data" JSONB NOT NULL,
    "position" BIGINT,

    CONSTRAINT "outbox_event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "auth"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "auth"."user"("email");

-- CreateIndex
CREATE INDEX "user_organization_id_id_idx" ON "auth"."user"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "service_client_client_id_key" ON "auth"."service_client"("client_id");

-- CreateIndex
CREATE INDEX "service_client_organization_id_id_idx" ON "auth"."service_client"("organization_id", "id");

-- CreateIndex
CREATE INDEX "oauth_artifact_grant_id_idx" ON "auth"."oauth_artifact"("grant_id");

-- CreateIndex
CREATE INDEX "oauth_artifact_uid_idx" ON "auth"."oauth_artifact"("uid");

-- CreateIndex
CREATE INDEX "oauth_artifact_account_id_idx" ON "auth"."oauth_artifact"("account_id");

-- CreateIndex
CREATE INDEX "oauth_artifact_expires_at_idx" ON "auth"."oauth_artifact"("expires_at");

-- CreateIndex
CREATE INDEX "sign_in_attempts_last_at_idx" ON "auth"."sign_in_attempts"("last_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "auth"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "auth"."outbox_event"("position");

ALTER TABLE "auth"."user" ADD CONSTRAINT "user_email_check" CHECK ("email" = lower("email"));
CREATE UNIQUE INDEX "signing_key_active_idx" ON "auth"."signing_key"(("retired_at" IS NULL)) WHERE "retired_at" IS NULL;

CREATE INDEX "outbox_event_unpublished_idx" ON "auth"."outbox_event"("seq") WHERE "position" IS NULL;
