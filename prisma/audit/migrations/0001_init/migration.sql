-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "audit";

-- CreateTable
CREATE TABLE "audit"."chain_entry" (
    "organization_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "subjects" TEXT[],
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "data" JSONB NOT NULL,
    "previous_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "chain_entry_pkey" PRIMARY KEY ("organization_id","seq")
);

-- CreateTable
CREATE TABLE "audit"."chain_head" (
    "organization_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "seal" TEXT NOT NULL,

    CONSTRAINT "chain_head_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "audit"."outbox_event" (
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
CREATE TABLE "audit"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "chain_entry_event_id_key" ON "audit"."chain_entry"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "chain_entry_organization_id_previous_hash_key" ON "audit"."chain_entry"("organization_id", "previous_hash");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "audit"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "audit"."outbox_event"("position");

ALTER TABLE "audit"."chain_entry" ADD CONSTRAINT "chain_entry_seq_check" CHECK ("seq" > 0);
CREATE INDEX "chain_entry_subjects_idx" ON "audit"."chain_entry" USING GIN ("subjects");
CREATE INDEX "chain_entry_portfolio_idx" ON "audit"."chain_entry"("organization_id", ("data" ->> 'portfolioId'), "seq");
CREATE INDEX "chain_entry_trade_idx" ON "audit"."chain_entry"("organization_id", ("data" ->> 'tradeId'), "seq");
CREATE INDEX "chain_entry_recorded_idx" ON "audit"."chain_entry" USING BRIN ("recorded_at");

CREATE FUNCTION "audit"."refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit chain is only ever added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "chain_entry_is_never_changed" BEFORE UPDATE OR DELETE ON "audit"."chain_entry" FOR EACH ROW EXECUTE FUNCTION "audit"."refuse"();
CREATE TRIGGER "chain_entry_is_never_emptied" BEFORE TRUNCATE ON "audit"."chain_entry" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse"();
CREATE TRIGGER "chain_head_is_never_removed" BEFORE DELETE ON "audit"."chain_head" FOR EACH ROW EXECUTE FUNCTION "audit"."refuse"();
CREATE TRIGGER "chain_head_is_never_emptied" BEFORE TRUNCATE ON "audit"."chain_head" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse"();
CREATE TRIGGER "chain_head_only_moves_on" BEFORE UPDATE ON "audit"."chain_head" FOR EACH ROW
  WHEN (NEW."seq" <= OLD."seq" OR NEW."organization_id" <> OLD."organization_id") EXECUTE FUNCTION "audit"."refuse"();

CREATE INDEX "outbox_event_unpublished_idx" ON "audit"."outbox_event"("seq") WHERE "position" IS NULL;
