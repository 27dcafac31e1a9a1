-- CreateTable
CREATE TABLE "audit"."checkpoint" (
    "organization_id" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "root_hash" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "signature" TEXT NOT NULL,
    "subtrees" JSONB NOT NULL,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("organization_id","size")
);

CREATE TRIGGER "checkpoint_is_never_changed" BEFORE UPDATE OR DELETE ON "audit"."checkpoint" FOR EACH ROW EXECUTE FUNCTION "audit"."refuse"();
CREATE TRIGGER "checkpoint_is_never_emptied" BEFORE TRUNCATE ON "audit"."checkpoint" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse"();
