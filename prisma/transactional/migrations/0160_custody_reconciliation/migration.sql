-- AlterTable
ALTER TABLE "transactional"."instrument" ADD COLUMN     "isin" TEXT,
ADD COLUMN     "symbol" TEXT;

-- CreateTable
CREATE TABLE "transactional"."reconciliation" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "custodian" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "stated_on" DATE NOT NULL,
    "basis" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "reference" TEXT,
    "format" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "quantity_tolerance" DECIMAL(38,18) NOT NULL,
    "cash_tolerance" DECIMAL(38,18) NOT NULL,
    "compared_at" TIMESTAMPTZ(6) NOT NULL,
    "compared_by" TEXT NOT NULL,
    "superseded_by" TEXT,
    "matched" INTEGER NOT NULL,
    "differing" INTEGER NOT NULL,
    "lines" JSONB NOT NULL,

    CONSTRAINT "reconciliation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactional"."reconciliation_break" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "custodian" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "basis" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "instrument_id" TEXT,
    "identifier" TEXT,
    "description" TEXT,
    "currency" TEXT,
    "theirs" DECIMAL(38,18) NOT NULL,
    "ours" DECIMAL(38,18) NOT NULL,
    "reconciliation_id" TEXT NOT NULL,
    "opened_on" DATE NOT NULL,
    "seen_on" DATE NOT NULL,
    "status" TEXT NOT NULL,
    "assignee" TEXT,
    "resolution" TEXT,
    "resolved_at" TIMESTAMPTZ(6),
    "resolved_by" TEXT,
    "last_note" INTEGER NOT NULL,

    CONSTRAINT "reconciliation_break_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactional"."break_note" (
    "break_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "actor" TEXT NOT NULL,
    "text" TEXT,

    CONSTRAINT "break_note_pkey" PRIMARY KEY ("break_id","number")
);

-- CreateIndex
CREATE INDEX "reconciliation_organization_id_stated_on_id_idx" ON "transactional"."reconciliation"("organization_id", "stated_on", "id");

-- CreateIndex
CREATE UNIQUE INDEX "reconciliation_organization_id_custodian_account_stated_on__key" ON "transactional"."reconciliation"("organization_id", "custodian", "account", "stated_on", "basis", "version");

-- CreateIndex
CREATE INDEX "reconciliation_break_organization_id_opened_on_id_idx" ON "transactional"."reconciliation_break"("organization_id", "opened_on", "id");

-- CreateIndex
CREATE INDEX "reconciliation_break_organization_id_custodian_account_basi_idx" ON "transactional"."reconciliation_break"("organization_id", "custodian", "account", "basis");

-- CreateIndex
CREATE INDEX "instrument_organization_id_isin_idx" ON "transactional"."instrument"("organization_id", "isin");

-- CreateIndex
CREATE INDEX "instrument_organization_id_symbol_idx" ON "transactional"."instrument"("organization_id", "symbol");

ALTER TABLE "transactional"."reconciliation_break" ADD CONSTRAINT "reconciliation_break_status_check" CHECK ("status" IN ('OPEN', 'INVESTIGATING', 'RESOLVED'));
ALTER TABLE "transactional"."reconciliation" ADD CONSTRAINT "reconciliation_basis_check" CHECK ("basis" IN ('TRADED', 'CONTRACTUAL', 'SETTLED'));

-- A custodian's account has one open break for each thing.
CREATE UNIQUE INDEX "reconciliation_break_open_idx" ON "transactional"."reconciliation_break"("organization_id", "custodian", "account", "basis", "subject") WHERE "status" <> 'RESOLVED';

CREATE TRIGGER "break_note_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "transactional"."break_note" FOR EACH STATEMENT EXECUTE FUNCTION "transactional"."refuse_change"();
