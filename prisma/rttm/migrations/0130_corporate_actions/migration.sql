-- CreateTable
CREATE TABLE "rttm"."corporate_action" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "ex_date" DATE NOT NULL,
    "version" INTEGER NOT NULL,
    "cancelled" BOOLEAN NOT NULL DEFAULT false,
    "renamed" BOOLEAN NOT NULL DEFAULT false,
    "facts" JSONB NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "announced_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "corporate_action_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "corporate_action_instrument_id_ex_date_id_idx" ON "rttm"."corporate_action"("instrument_id", "ex_date", "id");

-- CreateIndex
CREATE UNIQUE INDEX "corporate_action_organization_id_idempotency_key_key" ON "rttm"."corporate_action"("organization_id", "idempotency_key");
