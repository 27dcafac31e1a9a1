-- CreateTable
CREATE TABLE "auth"."known_investor" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,

    CONSTRAINT "known_investor_pkey" PRIMARY KEY ("id")
);

-- Investors that were told of before anybody here listened; on a new database there are none, and from now on events tell of each.
DO $$ BEGIN
  IF to_regclass('portfolio.investor') IS NOT NULL THEN
    INSERT INTO "auth"."known_investor" ("id", "organization_id") SELECT "id", "organization_id" FROM "portfolio"."investor" ON CONFLICT ("id") DO NOTHING;
  END IF;
END $$;
