-- AlterTable
ALTER TABLE "analytics"."flow" ADD COLUMN     "external" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "analytics"."trade" ADD COLUMN     "base_net" DECIMAL(38,18),
ADD COLUMN     "base_realized" DECIMAL(38,18),
ADD COLUMN     "cash_amount" DECIMAL(38,18),
ADD COLUMN     "cash_currency" TEXT;
