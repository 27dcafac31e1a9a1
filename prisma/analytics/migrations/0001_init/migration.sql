-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "analytics";

-- CreateTable
CREATE TABLE "analytics"."portfolio" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,
    "benchmark_instrument_id" TEXT,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "measured_revision" BIGINT NOT NULL DEFAULT -1,
    "measured_on" DATE,

    CONSTRAINT "portfolio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "analytics"."instrument" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "asset_class" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "instrument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "analytics"."close" (
    "instrument_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "organization_id" TEXT NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "simulated" BOOLEAN NOT NULL,

    CONSTRAINT "close_pkey" PRIMARY KEY ("instrument_id","day")
);

-- CreateTable
CREATE TABLE "analytics"."position" (
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "cost_basis" DECIMAL(38,18) NOT NULL,
    "realized_pnl" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "position_pkey" PRIMARY KEY ("portfolio_id","instrument_id")
);

-- CreateTable
CREATE TABLE "analytics"."trade" (
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "captured_at" TIMESTAMPTZ(6) NOT NULL,
    "currency" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "net_amount" DECIMAL(38,18) NOT NULL,
    "realized_pnl" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "trade_pkey" PRIMARY KEY ("trade_id")
);

-- CreateTable
CREATE TABLE "analytics"."flow" (
    "event_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "flow_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "analytics"."outbox_event" (
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
CREATE TABLE "analytics"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "portfolio_organization_id_idx" ON "analytics"."portfolio"("organization_id");

-- CreateIndex
CREATE INDEX "instrument_organization_id_idx" ON "analytics"."instrument"("organization_id");

-- CreateIndex
CREATE INDEX "trade_portfolio_id_day_idx" ON "analytics"."trade"("portfolio_id", "day");

-- CreateIndex
CREATE INDEX "flow_portfolio_id_day_idx" ON "analytics"."flow"("portfolio_id", "day");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "analytics"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "analytics"."outbox_event"("position");

-- The relay reads unpublished rows only.
CREATE INDEX "outbox_event_unpublished_idx" ON "analytics"."outbox_event"("seq") WHERE "position" IS NULL;
