-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "trade_capture";

-- CreateTable
CREATE TABLE "trade_capture"."known_portfolio" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "closed" BOOLEAN NOT NULL DEFAULT false,
    "last_captured_at" TIMESTAMPTZ(6),

    CONSTRAINT "known_portfolio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trade_capture"."known_instrument" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,

    CONSTRAINT "known_instrument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trade_capture"."trade" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "external_id" TEXT,
    "idempotency_key" TEXT,
    "content_hash" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "last_version" INTEGER NOT NULL,

    CONSTRAINT "trade_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trade_capture"."trade_version" (
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "replaces" INTEGER,
    "instrument_id" TEXT NOT NULL,
    "side" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "currency" TEXT NOT NULL,
    "trade_date" DATE NOT NULL,
    "fees" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "status_at" TIMESTAMPTZ(6) NOT NULL,
    "captured_at" TIMESTAMPTZ(6) NOT NULL,
    "captured_by" TEXT NOT NULL,
    "reason" TEXT,
    "idempotency_key" TEXT,
    "content_hash" TEXT,

    CONSTRAINT "trade_version_pkey" PRIMARY KEY ("trade_id","version")
);

-- CreateTable
CREATE TABLE "trade_capture"."outbox_event" (
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
CREATE TABLE "trade_capture"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "trade_portfolio_id_id_idx" ON "trade_capture"."trade"("portfolio_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "trade_organization_id_external_id_key" ON "trade_capture"."trade"("organization_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "trade_organization_id_idempotency_key_key" ON "trade_capture"."trade"("organization_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "trade_version_organization_id_idempotency_key_key" ON "trade_capture"."trade_version"("organization_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "trade_capture"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "trade_capture"."outbox_event"("position");

-- AddForeignKey
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "trade_capture"."trade"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "trade_capture"."trade" ADD CONSTRAINT "trade_version_check" CHECK ("version" BETWEEN 1 AND "last_version");
ALTER TABLE "trade_capture"."trade" ADD CONSTRAINT "trade_named_check" CHECK ("external_id" IS NOT NULL OR "idempotency_key" IS NOT NULL);
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_kind_check" CHECK ("kind" IN ('CAPTURE', 'AMENDMENT', 'CANCELLATION') AND ("kind" = 'CAPTURE') = ("version" = 1));
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_side_check" CHECK ("side" IN ('BUY', 'SELL'));
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_quantity_check" CHECK ("quantity" > 0);
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_price_check" CHECK ("price" > 0);
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_currency_check" CHECK ("currency" ~ '^[A-Z]{3}$');
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_status_check" CHECK ("status" IN ('CAPTURED', 'PENDING_APPROVAL', 'VALIDATED', 'REJECTED', 'BOOKED', 'SETTLED', 'CANCELLED') AND ("status" = 'CANCELLED') = ("kind" = 'CANCELLATION'));

-- What was agreed is history: only where a version stands may move.
CREATE FUNCTION "trade_capture"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'trade_version is append-only: only its status may change';
END $$;
CREATE TRIGGER "trade_version_terms_stay" BEFORE UPDATE ON "trade_capture"."trade_version" FOR EACH ROW
  WHEN ((OLD."trade_id", OLD."version", OLD."organization_id", OLD."kind", OLD."replaces", OLD."instrument_id", OLD."side", OLD."quantity", OLD."price", OLD."currency", OLD."trade_date", OLD."fees", OLD."captured_at", OLD."captured_by", OLD."reason")
    IS DISTINCT FROM (NEW."trade_id", NEW."version", NEW."organization_id", NEW."kind", NEW."replaces", NEW."instrument_id", NEW."side", NEW."quantity", NEW."price", NEW."currency", NEW."trade_date", NEW."fees", NEW."captured_at", NEW."captured_by", NEW."reason"))
  EXECUTE FUNCTION "trade_capture"."refuse_change"();
CREATE TRIGGER "trade_version_stays" BEFORE DELETE ON "trade_capture"."trade_version" FOR EACH ROW EXECUTE FUNCTION "trade_capture"."refuse_change"();

CREATE INDEX "outbox_event_unpublished_idx" ON "trade_capture"."outbox_event"("seq") WHERE "position" IS NULL;
