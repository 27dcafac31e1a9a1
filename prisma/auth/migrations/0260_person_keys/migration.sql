-- CreateTable
CREATE TABLE "auth"."person_key" (
    "organization_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "wrapped_key" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "destroyed_at" TIMESTAMPTZ(6),

    CONSTRAINT "person_key_pkey" PRIMARY KEY ("organization_id","person_id")
);

-- CreateTable
CREATE TABLE "auth"."legal_hold" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "placed_by" TEXT NOT NULL,
    "placed_at" TIMESTAMPTZ(6) NOT NULL,
    "released_by" TEXT,
    "released_at" TIMESTAMPTZ(6),

    CONSTRAINT "legal_hold_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "auth"."user" ADD COLUMN     "email_index" TEXT,
ADD COLUMN     "erased_at" TIMESTAMPTZ(6);

-- CreateIndex
CREATE INDEX "legal_hold_organization_id_person_id_idx" ON "auth"."legal_hold"("organization_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_index_key" ON "auth"."user"("email_index");

-- A key that was destroyed is never made again, and no other way leads back to it.
CREATE FUNCTION "auth"."keep_destroyed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the key of an erased person is never made again' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "person_key_stays_destroyed" BEFORE UPDATE OR DELETE ON "auth"."person_key" FOR EACH ROW
  WHEN (OLD."destroyed_at" IS NOT NULL) EXECUTE FUNCTION "auth"."keep_destroyed"();

-- Sealed text has letters of either kind; what is typed is put into small letters before its keyed hash is taken.
ALTER TABLE "auth"."user" DROP CONSTRAINT "user_email_check";
