-- CreateTable
CREATE TABLE "trade_capture"."fix_session" (
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "next_in" BIGINT NOT NULL DEFAULT 1,
    "next_out" BIGINT NOT NULL DEFAULT 1,
    "logged_on" BOOLEAN NOT NULL DEFAULT false,
    "changed_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "fix_session_pkey" PRIMARY KEY ("organization_id","name")
);

-- CreateTable
CREATE TABLE "trade_capture"."fix_message" (
    "number" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "session" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "raw" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "outcome" TEXT NOT NULL,
    "problem" TEXT,
    "exec_id" TEXT,
    "trade_ids" TEXT[],
    "handled_at" TIMESTAMPTZ(6),

    CONSTRAINT "fix_message_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE UNIQUE INDEX "fix_message_id_key" ON "trade_capture"."fix_message"("id");

-- CreateIndex
CREATE INDEX "fix_message_organization_id_session_exec_id_idx" ON "trade_capture"."fix_message"("organization_id", "session", "exec_id");

ALTER TABLE "trade_capture"."fix_message" ADD CONSTRAINT "fix_message_outcome_check" CHECK ("outcome" IN ('RECEIVED', 'CAPTURED', 'DUPLICATE', 'AMENDED', 'CANCELLED', 'PARKED', 'IGNORED'));

-- What waits to be handled, and what waits for people.
CREATE INDEX "fix_message_received_idx" ON "trade_capture"."fix_message"("organization_id", "session", "number") WHERE "outcome" = 'RECEIVED';
CREATE INDEX "fix_message_parked_idx" ON "trade_capture"."fix_message"("organization_id", "session", "number") WHERE "outcome" = 'PARKED';
