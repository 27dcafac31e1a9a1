-- CreateTable
CREATE TABLE "transactional"."price" (
    "organization_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "price_pkey" PRIMARY KEY ("organization_id","instrument_id","day","recorded_at")
);
CREATE TRIGGER "price_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "transactional"."price" FOR EACH STATEMENT EXECUTE FUNCTION "transactional"."refuse_change"();
