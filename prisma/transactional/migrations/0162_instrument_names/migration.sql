-- Hand-written: instruments that were told of before the books kept their names. Their events were heard and will not come again, so the names are
-- taken, this once, from where they were made; where that is another database, statements find such instruments by a mapping alone.
DO $$
BEGIN
  IF to_regclass('rttm.instrument') IS NOT NULL THEN
    UPDATE transactional.instrument known SET symbol = made.symbol, isin = made.isin
    FROM rttm.instrument made WHERE made.id = known.id AND known.symbol IS NULL;
  END IF;
END $$;
