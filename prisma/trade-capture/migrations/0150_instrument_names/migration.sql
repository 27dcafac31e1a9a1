-- AlterTable
ALTER TABLE "trade_capture"."known_instrument" ADD COLUMN     "isin" TEXT,
ADD COLUMN     "mic" TEXT,
ADD COLUMN     "symbol" TEXT;

-- CreateIndex
CREATE INDEX "known_instrument_organization_id_symbol_idx" ON "trade_capture"."known_instrument"("organization_id", "symbol");

-- CreateIndex
CREATE INDEX "known_instrument_organization_id_isin_idx" ON "trade_capture"."known_instrument"("organization_id", "isin");

-- Hand-written: instruments that were told of before. Their events are heard and will not come again, so their names are taken, this once,
-- from where they were made; where that is another database, such instruments are found by their id alone.
DO $$
BEGIN
  IF to_regclass('rttm.instrument') IS NOT NULL THEN
    UPDATE trade_capture.known_instrument known SET symbol = made.symbol, mic = made.mic, isin = made.isin
    FROM rttm.instrument made WHERE made.id = known.id;
  END IF;
END $$;
