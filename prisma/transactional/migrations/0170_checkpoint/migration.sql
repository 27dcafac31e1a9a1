-- CreateTable
CREATE TABLE "transactional"."checkpoint" (
    "portfolio_id" TEXT NOT NULL,
    "through" DATE NOT NULL,
    "sequence" BIGINT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "known_from" TIMESTAMPTZ(6) NOT NULL,
    "spoiled_by" BIGINT,
    "known_until" TIMESTAMPTZ(6),

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("portfolio_id","through","sequence")
);

-- CreateTable
CREATE TABLE "transactional"."checkpoint_position" (
    "portfolio_id" TEXT NOT NULL,
    "through" DATE NOT NULL,
    "sequence" BIGINT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "lots" JSONB NOT NULL,

    CONSTRAINT "checkpoint_position_pkey" PRIMARY KEY ("portfolio_id","through","sequence","instrument_id","currency")
);

-- What moves positions, by day: books of a day are read from the last checkpoint before it.
CREATE INDEX "fact_movement_idx" ON "transactional"."fact"("portfolio_id", "effective_on") WHERE "kind" IN ('TRADE_BOOKED', 'CORPORATE_ACTION_APPLIED', 'CORPORATE_ACTION_REVERSED');
