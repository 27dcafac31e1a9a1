-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "simulation";

-- CreateTable
CREATE TABLE "simulation"."portfolio" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,

    CONSTRAINT "portfolio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "simulation"."close" (
    "instrument_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "organization_id" TEXT NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "simulated" BOOLEAN NOT NULL,

    CONSTRAINT "close_pkey" PRIMARY KEY ("instrument_id","day")
);

-- CreateTable
CREATE TABLE "simulation"."position" (
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "position_pkey" PRIMARY KEY ("portfolio_id","instrument_id")
);

-- CreateTable
CREATE TABLE "simulation"."cash" (
    "portfolio_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "balance" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "cash_pkey" PRIMARY KEY ("portfolio_id","currency")
);

-- CreateTable
CREATE TABLE "simulation"."simulation" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "paths" INTEGER NOT NULL,
    "horizon_days" INTEGER NOT NULL,
    "seed" INTEGER NOT NULL,
    "done_paths" INTEGER NOT NULL DEFAULT 0,
    "currency" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "result" JSONB,
    "simulated" BOOLEAN NOT NULL,
    "failure" TEXT,
    "requested_by" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "started_at" TIMESTAMPTZ(6),
    "finished_at" TIMESTAMPTZ(6),
    "heartbeat_at" TIMESTAMPTZ(6),
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,

    CONSTRAINT "simulation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "simulation"."outbox_event" (
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
CREATE TABLE "simulation"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "portfolio_organization_id_idx" ON "simulation"."portfolio"("organization_id");

-- CreateIndex
CREATE INDEX "simulation_organization_id_portfolio_id_id_idx" ON "simulation"."simulation"("organization_id", "portfolio_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "simulation_organization_id_idempotency_key_key" ON "simulation"."simulation"("organization_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "simulation"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "simulation"."outbox_event"("position");

ALTER TABLE "simulation"."simulation" ADD CONSTRAINT "simulation_status_check" CHECK ("status" IN ('QUEUED', 'RUNNING', 'COMPLETED', 'CANCELLED', 'FAILED'));

-- Workers look for what waits or runs.
CREATE INDEX "simulation_unfinished_idx" ON "simulation"."simulation"("id") WHERE "status" IN ('QUEUED', 'RUNNING');

-- The relay reads unpublished rows only.
CREATE INDEX "outbox_event_unpublished_idx" ON "simulation"."outbox_event"("seq") WHERE "position" IS NULL;
