-- CreateTable
CREATE TABLE "rttm"."fx_rate" (
    "organization_id" TEXT NOT NULL,
    "base" TEXT NOT NULL,
    "quote" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "rate" DECIMAL(38,18) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "fx_rate_pkey" PRIMARY KEY ("organization_id","base","quote","day","recorded_at")
);
ALTER TABLE "rttm"."fx_rate" ADD CONSTRAINT "fx_rate_check" CHECK ("rate" > 0 AND "base" <> "quote" AND "base" ~ '^[A-Z]{3}$' AND "quote" ~ '^[A-Z]{3}$');
CREATE FUNCTION "rttm"."refuse_rate_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "fx_rate_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "rttm"."fx_rate" FOR EACH STATEMENT EXECUTE FUNCTION "rttm"."refuse_rate_change"();
