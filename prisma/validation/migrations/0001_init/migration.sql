-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "validation";

-- CreateTable
CREATE TABLE "validation"."known_portfolio" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,

    CONSTRAINT "known_portfolio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "validation"."known_instrument" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "asset_class" TEXT NOT NULL,
    "currency" TEXT NOT NULL,

    CONSTRAINT "known_instrument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "validation"."close_price" (
    "instrument_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "organization_id" TEXT NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "close_price_pkey" PRIMARY KEY ("instrument_id","day")
);

-- CreateTable
CREATE TABLE "validation"."projected_cash" (
    "portfolio_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "projected_cash_pkey" PRIMARY KEY ("portfolio_id","currency")
);

-- CreateTable
CREATE TABLE "validation"."projected_holding" (
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "projected_holding_pkey" PRIMARY KEY ("portfolio_id","instrument_id")
);

-- CreateTable
CREATE TABLE "validation"."commitment" (
    "trade_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "currency" TEXT NOT NULL,
    "cash" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "commitment_pkey" PRIMARY KEY ("trade_id")
);

-- CreateTable
CREATE TABLE "validation"."decision" (
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "maker" TEXT NOT NULL,
    "heard_at" TIMESTAMPTZ(6) NOT NULL,
    "decided_at" TIMESTAMPTZ(6),
    "decided_by" TEXT,
    "comment" TEXT,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("trade_id","version")
);

-- CreateTable
CREATE TABLE "validation"."cancelled_trade" (
    "trade_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,

    CONSTRAINT "cancelled_trade_pkey" PRIMARY KEY ("trade_id")
);

-- CreateTable
CREATE TABLE "validation"."check_run" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "occasion" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "checks" JSONB NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "check_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "validation"."breach" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "rule_id" TEXT,
    "rule" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "breach_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "validation"."compliance_rule" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "portfolio_id" TEXT,
    "enabled" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "updated_by" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "content_hash" TEXT NOT NULL,

    CONSTRAINT "compliance_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "validation"."restricted_instrument" (
    "organization_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(6) NOT NULL,
    "set_by" TEXT NOT NULL,

    CONSTRAINT "restricted_instrument_pkey" PRIMARY KEY ("organization_id","instrument_id")
);

-- CreateTable
CREATE TABLE "validation"."outbox_event" (
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
CREATE TABLE "validation"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "decision_organization_id_outcome_trade_id_idx" ON "validation"."decision"("organization_id", "outcome", "trade_id");

-- CreateIndex
CREATE INDEX "check_run_trade_id_version_id_idx" ON "validation"."check_run"("trade_id", "version", "id");

-- CreateIndex
CREATE INDEX "breach_organization_id_id_idx" ON "validation"."breach"("organization_id", "id");

-- CreateIndex
CREATE INDEX "breach_portfolio_id_id_idx" ON "validation"."breach"("portfolio_id", "id");

-- CreateIndex
CREATE INDEX "breach_trade_id_idx" ON "validation"."breach"("trade_id");

-- CreateIndex
CREATE INDEX "compliance_rule_organization_id_id_idx" ON "validation"."compliance_rule"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "compliance_rule_organization_id_idempotency_key_key" ON "validation"."compliance_rule"("organization_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "validation"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "validation"."outbox_event"("position");

ALTER TABLE "validation"."commitment" ADD CONSTRAINT "commitment_state_check" CHECK ("state" IN ('RESERVED', 'BOOKED'));
ALTER TABLE "validation"."decision" ADD CONSTRAINT "decision_outcome_check" CHECK ("outcome" IN ('VALIDATED', 'REJECTED', 'PENDING_APPROVAL'));
ALTER TABLE "validation"."decision" ADD CONSTRAINT "decision_four_eyes_check" CHECK ("decided_by" IS DISTINCT FROM "maker");
ALTER TABLE "validation"."check_run" ADD CONSTRAINT "check_run_occasion_check" CHECK ("occasion" IN ('CAPTURE', 'APPROVAL'));
ALTER TABLE "validation"."compliance_rule" ADD CONSTRAINT "compliance_rule_severity_check" CHECK ("severity" IN ('BLOCK', 'WARN', 'NEEDS_APPROVAL'));

-- What was checked, and what it came to, is evidence.
CREATE FUNCTION "validation"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER "check_run_stays" BEFORE UPDATE OR DELETE ON "validation"."check_run" FOR EACH ROW EXECUTE FUNCTION "validation"."refuse_change"();
CREATE TRIGGER "breach_stays" BEFORE UPDATE OR DELETE ON "validation"."breach" FOR EACH ROW EXECUTE FUNCTION "validation"."refuse_change"();

CREATE INDEX "outbox_event_unpublished_idx" ON "validation"."outbox_event"("seq") WHERE "position" IS NULL;
