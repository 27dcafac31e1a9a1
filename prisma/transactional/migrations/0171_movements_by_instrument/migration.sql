-- A rebuild goes through a portfolio instrument by instrument, in the order of trading; books of a day are read through the same index.
DROP INDEX "transactional"."fact_movement_idx";
CREATE INDEX "fact_movement_idx" ON "transactional"."fact"("portfolio_id", "instrument_id", "effective_on", "day_order") WHERE "kind" IN ('TRADE_BOOKED', 'CORPORATE_ACTION_APPLIED', 'CORPORATE_ACTION_REVERSED');
