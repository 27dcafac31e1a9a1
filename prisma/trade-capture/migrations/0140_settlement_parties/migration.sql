-- AlterTable
ALTER TABLE "trade_capture"."trade_version" ADD COLUMN     "counterparty" TEXT,
ADD COLUMN     "custody_account" TEXT,
ADD COLUMN     "place_of_settlement" TEXT;

-- What was agreed is history: parties and named lots stay as the rest of a version's terms does.
CREATE TRIGGER "trade_version_settlement_terms_stay" BEFORE UPDATE ON "trade_capture"."trade_version" FOR EACH ROW
  WHEN ((OLD."counterparty", OLD."place_of_settlement", OLD."custody_account", OLD."lot_picks") IS DISTINCT FROM (NEW."counterparty", NEW."place_of_settlement", NEW."custody_account", NEW."lot_picks"))
  EXECUTE FUNCTION "trade_capture"."refuse_change"();
