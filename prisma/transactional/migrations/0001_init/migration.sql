-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "transactional";

-- CreateTable
CREATE TABLE "transactional"."portfolio" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "base_currency" TEXT NOT NULL,
    "lot_method" TEXT NOT NULL,
    "closed" BOOLEAN NOT NULL DEFAULT false,
    "last_fact" BIGINT NOT NULL DEFAULT 0,
    "last_entry" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "portfolio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactional"."instrument" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "mic" TEXT,

    CONSTRAINT "instrument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactional"."fact" (
    "portfolio_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,
    "trade_id" TEXT,
    "version" INTEGER,
    "instrument_id" TEXT,
    "currency" TEXT,
    "day_order" BIGINT,
    "actor" TEXT NOT NULL,
    "reason" TEXT,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT,
    "data" JSONB NOT NULL,

    CONSTRAINT "fact_pkey" PRIMARY KEY ("portfolio_id","sequence")
);

-- CreateTable
CREATE TABLE "transactional"."journal_entry" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "fact_sequence" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,
    "reference" TEXT NOT NULL,
    "version" INTEGER,
    "reverses" TEXT,
    "actor" TEXT NOT NULL,
    "reason" TEXT,
    "correlation_id" TEXT NOT NULL,
    "line_count" INTEGER NOT NULL,

    CONSTRAINT "journal_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactional"."journal_line" (
    "entry_id" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "instrument_id" TEXT,

    CONSTRAINT "journal_line_pkey" PRIMARY KEY ("entry_id","line")
);

-- CreateTable
CREATE TABLE "transactional"."trade_booking" (
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "traded_on" DATE NOT NULL,
    "day_order" BIGINT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "gain" DECIMAL(38,18) NOT NULL,
    "fact_sequence" BIGINT NOT NULL,
    "step" TEXT NOT NULL,
    "contractual_on" DATE NOT NULL,
    "settled_on" DATE,
    "failure_reason" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "trade_booking_pkey" PRIMARY KEY ("trade_id","version")
);

-- CreateTable
CREATE TABLE "transactional"."cancelled_trade" (
    "trade_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "cancelled_trade_pkey" PRIMARY KEY ("trade_id")
);

-- CreateTable
CREATE TABLE "transactional"."tax_lot" (
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "trade_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "opened_on" DATE NOT NULL,
    "day_order" BIGINT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "cost" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "tax_lot_pkey" PRIMARY KEY ("portfolio_id","instrument_id","currency","trade_id")
);

-- CreateTable
CREATE TABLE "transactional"."position" (
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "cost" DECIMAL(38,18) NOT NULL,
    "realized" DECIMAL(38,18) NOT NULL,
    "opened_on" DATE,
    "last_traded_on" DATE,
    "last_day_order" BIGINT,
    "last_trade_id" TEXT,

    CONSTRAINT "position_pkey" PRIMARY KEY ("portfolio_id","instrument_id","currency")
);

-- CreateTable
CREATE TABLE "transactional"."cash_balance" (
    "portfolio_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "settled" DECIMAL(38,18) NOT NULL,
    "receivable" DECIMAL(38,18) NOT NULL,
    "payable" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "cash_balance_pkey" PRIMARY KEY ("portfolio_id","currency")
);

-- CreateTable
CREATE TABLE "transactional"."cash_movement" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "effective_on" DATE NOT NULL,
    "settled" DECIMAL(38,18) NOT NULL,
    "receivable" DECIMAL(38,18) NOT NULL,
    "payable" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "cash_movement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactional"."outbox_event" (
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
CREATE TABLE "transactional"."inbox_event" (
    "id" TEXT NOT NULL,
    "handled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "fact_trade_id_version_idx" ON "transactional"."fact"("trade_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "journal_entry_reverses_key" ON "transactional"."journal_entry"("reverses");

-- CreateIndex
CREATE INDEX "journal_entry_reference_idx" ON "transactional"."journal_entry"("reference");

-- CreateIndex
CREATE UNIQUE INDEX "journal_entry_portfolio_id_number_key" ON "transactional"."journal_entry"("portfolio_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "cash_movement_organization_id_idempotency_key_key" ON "transactional"."cash_movement"("organization_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "transactional"."outbox_event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_position_key" ON "transactional"."outbox_event"("position");

-- AddForeignKey
ALTER TABLE "transactional"."journal_line" ADD CONSTRAINT "journal_line_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "transactional"."journal_entry"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "transactional"."journal_line" ADD CONSTRAINT "journal_line_amount_check" CHECK ("amount" <> 0);
ALTER TABLE "transactional"."journal_line" ADD CONSTRAINT "journal_line_currency_check" CHECK ("currency" ~ '^[A-Z]{3}$');
ALTER TABLE "transactional"."tax_lot" ADD CONSTRAINT "tax_lot_open_check" CHECK ("quantity" <> 0);
ALTER TABLE "transactional"."position" ADD CONSTRAINT "position_flat_check" CHECK ("quantity" <> 0 OR "cost" = 0);
ALTER TABLE "transactional"."trade_booking" ADD CONSTRAINT "trade_booking_step_check" CHECK ("step" IN ('instructed', 'settled', 'failed', 'cancelled'));
ALTER TABLE "transactional"."cash_movement" ADD CONSTRAINT "cash_movement_amount_check" CHECK ("amount" > 0);

-- What has been recorded stays: a mistake is undone by a further entry.
CREATE FUNCTION "transactional"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "fact_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "transactional"."fact" FOR EACH STATEMENT EXECUTE FUNCTION "transactional"."refuse_change"();
CREATE TRIGGER "journal_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "transactional"."journal_entry" FOR EACH STATEMENT EXECUTE FUNCTION "transactional"."refuse_change"();
CREATE TRIGGER "journal_line_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "transactional"."journal_line" FOR EACH STATEMENT EXECUTE FUNCTION "transactional"."refuse_change"();

-- At commit an entry has the lines that it says it has, and they add up to zero in each currency.
CREATE FUNCTION "transactional"."entry_must_balance"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found int;
  unbalanced text;
BEGIN
  SELECT coalesce(sum(lines), 0), min(currency) FILTER (WHERE total <> 0) INTO found, unbalanced
    FROM (SELECT currency, count(*) AS lines, sum(amount) AS total FROM "transactional"."journal_line" WHERE entry_id = NEW.id GROUP BY currency) AS of_currency;
  IF unbalanced IS NOT NULL THEN
    RAISE EXCEPTION 'journal entry % does not balance in %', NEW.id, unbalanced USING ERRCODE = 'check_violation';
  END IF;
  IF found = 0 OR found <> NEW.line_count THEN
    RAISE EXCEPTION 'journal entry % has % lines and says %', NEW.id, found, NEW.line_count USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "journal_entry_balanced" AFTER INSERT ON "transactional"."journal_entry" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "transactional"."entry_must_balance"();

-- An entry that was committed takes no further lines: only those of this very transaction will be checked when it commits.
CREATE FUNCTION "transactional"."lines_come_with_their_entry"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_lines AS l JOIN "transactional"."journal_entry" AS e ON e.id = l.entry_id WHERE e.xmin <> pg_current_xact_id()::xid) THEN
    RAISE EXCEPTION 'journal_line is append-only: lines come with their entry' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "journal_line_with_entry" AFTER INSERT ON "transactional"."journal_line" REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION "transactional"."lines_come_with_their_entry"();

-- One version of a trade is in the books at a time.
CREATE UNIQUE INDEX "trade_booking_standing_idx" ON "transactional"."trade_booking"("trade_id") WHERE "step" <> 'cancelled';
CREATE INDEX "trade_booking_position_idx" ON "transactional"."trade_booking"("portfolio_id", "instrument_id", "currency") WHERE "step" <> 'cancelled';
CREATE INDEX "trade_booking_due_idx" ON "transactional"."trade_booking"("contractual_on", "portfolio_id") WHERE "step" = 'instructed';

CREATE INDEX "outbox_event_unpublished_idx" ON "transactional"."outbox_event"("seq") WHERE "position" IS NULL;
