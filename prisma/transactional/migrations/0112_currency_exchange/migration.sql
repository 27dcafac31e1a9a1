-- CreateTable
CREATE TABLE "transactional"."currency_exchange" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "sold_currency" TEXT NOT NULL,
    "sold_amount" DECIMAL(38,18) NOT NULL,
    "bought_currency" TEXT NOT NULL,
    "bought_amount" DECIMAL(38,18) NOT NULL,
    "traded_on" DATE NOT NULL,
    "value_on" DATE NOT NULL,
    "settled_on" DATE,
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,

    CONSTRAINT "currency_exchange_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "currency_exchange_portfolio_id_id_idx" ON "transactional"."currency_exchange"("portfolio_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "currency_exchange_organization_id_idempotency_key_key" ON "transactional"."currency_exchange"("organization_id", "idempotency_key");

ALTER TABLE "transactional"."currency_exchange" ADD CONSTRAINT "currency_exchange_amount_check" CHECK ("sold_amount" > 0 AND "bought_amount" > 0 AND "sold_currency" <> "bought_currency");
CREATE INDEX "currency_exchange_due_idx" ON "transactional"."currency_exchange"("value_on", "portfolio_id") WHERE "settled_on" IS NULL;
