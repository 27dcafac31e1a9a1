-- CreateTable
CREATE TABLE "transactional"."fx_rate" (
    "organization_id" TEXT NOT NULL,
    "base" TEXT NOT NULL,
    "quote" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "rate" DECIMAL(38,18) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "fx_rate_pkey" PRIMARY KEY ("organization_id","base","quote","day","recorded_at")
);
ALTER TABLE "transactional"."fx_rate" ADD CONSTRAINT "fx_rate_check" CHECK ("rate" > 0 AND "base" <> "quote" AND "base" ~ '^[A-Z]{3}$' AND "quote" ~ '^[A-Z]{3}$');
CREATE TRIGGER "fx_rate_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "transactional"."fx_rate" FOR EACH STATEMENT EXECUTE FUNCTION "transactional"."refuse_change"();
