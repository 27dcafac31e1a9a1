-- CreateTable
CREATE TABLE "transactional"."corporate_action" (
    "action_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "ex_date" DATE NOT NULL,
    "cancelled" BOOLEAN NOT NULL DEFAULT false,
    "data" JSONB NOT NULL,
    "actor" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "causation_id" TEXT NOT NULL,
    "known_at" TIMESTAMPTZ(6) NOT NULL,
    "swept" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "corporate_action_pkey" PRIMARY KEY ("action_id")
);

-- CreateTable
CREATE TABLE "transactional"."entitlement" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "action_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "target_instrument_id" TEXT,
    "effective_on" DATE NOT NULL,
    "pay_on" DATE,
    "step" TEXT NOT NULL,
    "paid_on" DATE,
    "fact_sequence" BIGINT NOT NULL,
    "data" JSONB NOT NULL,
    "outcome" JSONB NOT NULL,

    CONSTRAINT "entitlement_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "corporate_action_instrument_id_idx" ON "transactional"."corporate_action"("instrument_id");

-- CreateIndex
CREATE INDEX "entitlement_portfolio_id_instrument_id_idx" ON "transactional"."entitlement"("portfolio_id", "instrument_id");

-- CreateIndex
CREATE INDEX "entitlement_portfolio_id_target_instrument_id_idx" ON "transactional"."entitlement"("portfolio_id", "target_instrument_id");

-- CreateIndex
CREATE INDEX "entitlement_action_id_idx" ON "transactional"."entitlement"("action_id");

-- CreateIndex
CREATE INDEX "position_instrument_id_idx" ON "transactional"."position"("instrument_id");

ALTER TABLE "transactional"."entitlement" ADD CONSTRAINT "entitlement_step_check" CHECK ("step" IN ('applied', 'paid', 'reversed'));

-- One version of an action counts in a portfolio at a time.
CREATE UNIQUE INDEX "entitlement_standing_idx" ON "transactional"."entitlement"("portfolio_id", "action_id") WHERE "step" <> 'reversed';
CREATE INDEX "entitlement_payable_idx" ON "transactional"."entitlement"("pay_on", "portfolio_id") WHERE "step" = 'applied' AND "pay_on" IS NOT NULL;
CREATE INDEX "corporate_action_due_idx" ON "transactional"."corporate_action"("ex_date") WHERE NOT "swept";
CREATE INDEX "fact_corporate_action_idx" ON "transactional"."fact"("portfolio_id", "sequence") WHERE "kind" IN ('CORPORATE_ACTION_APPLIED', 'CORPORATE_ACTION_REVERSED', 'CORPORATE_ACTION_PAID');
