-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "portfolio";

-- CreateTable
CREATE TABLE "portfolio"."investor" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "idempotency_key" TEXT,
    "content_hash" TEXT NOT NULL,

    CONSTRAINT "investor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portfolio"."portfolio" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,
    "lot_method" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "investor_id" TEXT,
    "benchmark_instrument_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,

    CONSTRAINT "portfolio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portfolio"."target_weight" (
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "weight" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "target_weight_pkey" PRIMARY KEY ("portfolio_id","instrument_id")
);

-- CreateTable
CREATE TABLE "portfolio"."known_instrument" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,

    CONSTRAINT "known_instrument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portfolio"."outbox_event" (
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
CREATE TABLE "portfolio"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "investor_organization_id_id_idx" ON "portfolio"."investor"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "investor_organization_id_idempotency_key_key" ON "portfolio"."investor"("organization_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "portfolio_organization_id_id_idx" ON "portfolio"."portfolio"("organization_id", "id");

-- CreateIndex
CREATE INDEX "portfolio_investor_id_idx" ON "portfolio"."portfolio"("investor_id");

-- CreateIndex
CREATE UNIQUE INDEX "portfolio_organization_id_idempotency_key_key" ON "portfolio"."portfolio"("organization_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "portfolio"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "portfolio"."outbox_event"("position");

-- AddForeignKey
ALTER TABLE "portfolio"."portfolio" ADD CONSTRAINT "portfolio_investor_id_fkey" FOREIGN KEY ("investor_id") REFERENCES "portfolio"."investor"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portfolio"."target_weight" ADD CONSTRAINT "target_weight_portfolio_id_fkey" FOREIGN KEY ("portfolio_id") REFERENCES "portfolio"."portfolio"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "portfolio"."investor" ADD CONSTRAINT "investor_kind_check" CHECK ("kind" IN ('INDIVIDUAL', 'INSTITUTION', 'FUND', 'HOUSE'));
ALTER TABLE "portfolio"."portfolio" ADD CONSTRAINT "portfolio_status_check" CHECK ("status" IN ('OPEN', 'CLOSED'));
ALTER TABLE "portfolio"."portfolio" ADD CONSTRAINT "portfolio_lot_method_check" CHECK ("lot_method" IN ('FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST', 'SPECIFIC'));
ALTER TABLE "portfolio"."portfolio" ADD CONSTRAINT "portfolio_base_currency_check" CHECK ("base_currency" ~ '^[A-Z]{3}$');
ALTER TABLE "portfolio"."target_weight" ADD CONSTRAINT "target_weight_weight_check" CHECK ("weight" > 0 AND "weight" <= 1);

CREATE INDEX "outbox_event_unpublished_idx" ON "portfolio"."outbox_event"("seq") WHERE "position" IS NULL;
