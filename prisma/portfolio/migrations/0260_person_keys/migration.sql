-- CreateTable
CREATE TABLE "portfolio"."person_key" (
    "organization_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "wrapped_key" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "destroyed_at" TIMESTAMPTZ(6),

    CONSTRAINT "person_key_pkey" PRIMARY KEY ("organization_id","person_id")
);

-- AlterTable
ALTER TABLE "portfolio"."investor" ADD COLUMN     "erased_at" TIMESTAMPTZ(6);

-- A key that was destroyed is never made again, and no other way leads back to it.
CREATE FUNCTION "portfolio"."keep_destroyed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the key of an erased person is never made again' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "person_key_stays_destroyed" BEFORE UPDATE OR DELETE ON "portfolio"."person_key" FOR EACH ROW
  WHEN (OLD."destroyed_at" IS NOT NULL) EXECUTE FUNCTION "portfolio"."keep_destroyed"();
