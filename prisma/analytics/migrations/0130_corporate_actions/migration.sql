-- CreateTable
CREATE TABLE "analytics"."action_effect" (
    "entitlement_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "cost_basis" DECIMAL(38,18) NOT NULL,
    "realized_pnl" DECIMAL(38,18) NOT NULL,
    "net_amount" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "action_effect_pkey" PRIMARY KEY ("entitlement_id","instrument_id","currency")
);

-- CreateTable
CREATE TABLE "analytics"."split" (
    "action_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "ex_date" DATE NOT NULL,
    "into_shares" DECIMAL(38,18) NOT NULL,
    "old_shares" DECIMAL(38,18) NOT NULL,
    "cancelled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "split_pkey" PRIMARY KEY ("action_id")
);

-- CreateIndex
CREATE INDEX "action_effect_portfolio_id_day_idx" ON "analytics"."action_effect"("portfolio_id", "day");

-- CreateIndex
CREATE INDEX "split_instrument_id_ex_date_idx" ON "analytics"."split"("instrument_id", "ex_date");
