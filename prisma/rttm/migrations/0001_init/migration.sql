-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "rttm";

-- CreateTable
CREATE TABLE "rttm"."instrument" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "asset_class" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "mic" TEXT,
    "isin" TEXT,
    "figi" TEXT,
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "instrument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rttm"."price" (
    "instrument_id" TEXT NOT NULL,
    "date" DATE NOT NULL,
    "organization_id" TEXT NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "open" DECIMAL(38,18),
    "high" DECIMAL(38,18),
    "low" DECIMAL(38,18),
    "volume" DECIMAL(38,18),
    "simulated" BOOLEAN NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "price_pkey" PRIMARY KEY ("instrument_id","date")
);

-- CreateTable
CREATE TABLE "rttm"."latest_quote" (
    "instrument_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "last" DECIMAL(38,18) NOT NULL,
    "time" TIMESTAMPTZ(6) NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "latest_quote_pkey" PRIMARY KEY ("instrument_id")
);

-- CreateTable
CREATE TABLE "rttm"."alert_rule" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "condition" TEXT NOT NULL,
    "threshold" DECIMAL(38,18) NOT NULL,
    "armed" BOOLEAN NOT NULL DEFAULT true,
    "last_raised_at" TIMESTAMPTZ(6),
    "created_by" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "alert_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rttm"."alert" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "alert_rule_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "last" DECIMAL(38,18) NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "message" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rttm"."outbox_event" (
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
CREATE TABLE "rttm"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "instrument_organization_id_symbol_id_idx" ON "rttm"."instrument"("organization_id", "symbol", "id");

-- CreateIndex
CREATE UNIQUE INDEX "instrument_organization_id_idempotency_key_key" ON "rttm"."instrument"("organization_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "alert_rule_instrument_id_idx" ON "rttm"."alert_rule"("instrument_id");

-- CreateIndex
CREATE UNIQUE INDEX "alert_rule_organization_id_idempotency_key_key" ON "rttm"."alert_rule"("organization_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "alert_organization_id_id_idx" ON "rttm"."alert"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "rttm"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "rttm"."outbox_event"("position");

-- One listing of a symbol per exchange and organisation; "no exchange" is one place as well.
CREATE UNIQUE INDEX "instrument_listing_key" ON "rttm"."instrument"("organization_id", "symbol", COALESCE("mic", ''));
ALTER TABLE "rttm"."price" ADD CONSTRAINT "price_positive" CHECK ("close" > 0 AND COALESCE("open", 1) > 0 AND COALESCE("high", 1) > 0 AND COALESCE("low", 1) > 0 AND COALESCE("volume", 0) >= 0);
ALTER TABLE "rttm"."latest_quote" ADD CONSTRAINT "latest_quote_positive" CHECK ("last" > 0);
ALTER TABLE "rttm"."alert_rule" ADD CONSTRAINT "alert_rule_condition" CHECK ("condition" IN ('ABOVE', 'BELOW') AND "threshold" > 0);
CREATE INDEX "price_real_idx" ON "rttm"."price"("instrument_id", "date") WHERE NOT "simulated";

CREATE FUNCTION "rttm"."keep_real_close"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a real close cannot be replaced by a simulated one';
END $$;
CREATE TRIGGER "keep_real_close" BEFORE UPDATE ON "rttm"."price"
  FOR EACH ROW WHEN (NOT OLD."simulated" AND NEW."simulated") EXECUTE FUNCTION "rttm"."keep_real_close"();

CREATE FUNCTION "rttm"."refuse_alert_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an alert that was raised is not changed';
END $$;
CREATE TRIGGER "alert_is_kept" BEFORE UPDATE OR DELETE ON "rttm"."alert"
  FOR EACH ROW EXECUTE FUNCTION "rttm"."refuse_alert_change"();

CREATE INDEX "outbox_event_unpublished_idx" ON "rttm"."outbox_event"("seq") WHERE "position" IS NULL;
