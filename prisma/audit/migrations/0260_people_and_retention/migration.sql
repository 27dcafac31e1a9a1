-- CreateTable
CREATE TABLE "audit"."person_key" (
    "organization_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "wrapped_key" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "destroyed_at" TIMESTAMPTZ(6),

    CONSTRAINT "person_key_pkey" PRIMARY KEY ("organization_id","person_id")
);

-- CreateTable
CREATE TABLE "audit"."retention_rule" (
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "days" INTEGER NOT NULL,
    "set_by" TEXT NOT NULL,
    "set_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "retention_rule_pkey" PRIMARY KEY ("organization_id","kind")
);

-- CreateTable
CREATE TABLE "audit"."held_person" (
    "organization_id" TEXT NOT NULL,
    "legal_hold_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "released" BOOLEAN NOT NULL,

    CONSTRAINT "held_person_pkey" PRIMARY KEY ("organization_id","legal_hold_id")
);

CREATE FUNCTION "audit"."keep_destroyed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a key that was destroyed is never made again' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "person_key_stays_destroyed" BEFORE UPDATE OR DELETE ON "audit"."person_key" FOR EACH ROW
  WHEN (OLD."destroyed_at" IS NOT NULL) EXECUTE FUNCTION "audit"."keep_destroyed"();

CREATE INDEX "chain_entry_correlation_idx" ON "audit"."chain_entry"("organization_id", "correlation_id", "seq");
CREATE INDEX "chain_entry_actor_idx" ON "audit"."chain_entry"("organization_id", "actor", "seq");
