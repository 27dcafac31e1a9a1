-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "leaderboard";

-- CreateTable
CREATE TABLE "leaderboard"."portfolio" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "open" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "portfolio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leaderboard"."measure" (
    "portfolio_id" TEXT NOT NULL,
    "window" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "as_of" DATE NOT NULL,
    "time_weighted_return" DECIMAL(65,30),
    "sharpe" DECIMAL(65,30),
    "volatility" DECIMAL(65,30),
    "max_drawdown" DECIMAL(65,30),

    CONSTRAINT "measure_pkey" PRIMARY KEY ("portfolio_id","window")
);

-- CreateTable
CREATE TABLE "leaderboard"."outbox_event" (
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
CREATE TABLE "leaderboard"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "portfolio_organization_id_idx" ON "leaderboard"."portfolio"("organization_id");

-- CreateIndex
CREATE INDEX "measure_organization_id_window_idx" ON "leaderboard"."measure"("organization_id", "window");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "leaderboard"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "leaderboard"."outbox_event"("position");

-- AddForeignKey
ALTER TABLE "leaderboard"."measure" ADD CONSTRAINT "measure_portfolio_id_fkey" FOREIGN KEY ("portfolio_id") REFERENCES "leaderboard"."portfolio"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The relay reads unpublished rows only.
CREATE INDEX "outbox_event_unpublished_idx" ON "leaderboard"."outbox_event"("seq") WHERE "position" IS NULL;
