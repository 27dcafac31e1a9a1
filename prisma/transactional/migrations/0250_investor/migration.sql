-- AlterTable
ALTER TABLE "transactional"."portfolio" ADD COLUMN "investor_id" TEXT;

-- What is known already is taken over once, where both domains live in one database; elsewhere, and for what is not known, nobody but the firm sees it
-- until the portfolio domain tells of it again.
DO $$
BEGIN
  IF to_regclass('portfolio.portfolio') IS NOT NULL THEN
    UPDATE "transactional"."portfolio" AS kept SET investor_id = told.investor_id FROM portfolio.portfolio AS told WHERE told.id = kept.id;
  END IF;
END
$$;
