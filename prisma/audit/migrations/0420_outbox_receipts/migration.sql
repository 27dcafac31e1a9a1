-- What was compared with the domains' outboxes before old events were taken out of them: of one publisher, all entries of a chain behind "after_seq" and up to "through_seq".
CREATE TABLE "audit"."outbox_receipt" (
    "organization_id" TEXT NOT NULL,
    "publisher" TEXT NOT NULL,
    "after_seq" BIGINT NOT NULL,
    "through_seq" BIGINT NOT NULL,
    "entries" INTEGER NOT NULL,
    "strangers" BIGINT[],
    "digest" TEXT,
    "compared_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_receipt_pkey" PRIMARY KEY ("organization_id", "publisher", "through_seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "outbox_receipt_organization_id_publisher_after_seq_key" ON "audit"."outbox_receipt"("organization_id", "publisher", "after_seq");

ALTER TABLE "audit"."outbox_receipt" ADD CONSTRAINT "outbox_receipt_range_check" CHECK ("after_seq" >= 0 AND "through_seq" > "after_seq");

CREATE TRIGGER "outbox_receipt_is_never_changed" BEFORE UPDATE OR DELETE ON "audit"."outbox_receipt" FOR EACH ROW EXECUTE FUNCTION "audit"."refuse"();
CREATE TRIGGER "outbox_receipt_is_never_emptied" BEFORE TRUNCATE ON "audit"."outbox_receipt" FOR EACH STATEMENT EXECUTE FUNCTION "audit"."refuse"();

-- Events that went before there were receipts: how far that is, and that nobody compared them. Policies hide rows from the owner too, who is not always mighty; what is
-- switched off here is switched on again behind the migrations.
DO $$
DECLARE
  outbox RECORD;
BEGIN
  ALTER TABLE "audit"."chain_entry" NO FORCE ROW LEVEL SECURITY;
  FOR outbox IN SELECT table_schema AS name FROM information_schema.tables WHERE table_name = 'outbox_event' LOOP
    EXECUTE format('ALTER TABLE %I.outbox_event NO FORCE ROW LEVEL SECURITY', outbox.name);
    EXECUTE format(
      'INSERT INTO "audit"."outbox_receipt" ("organization_id", "publisher", "after_seq", "through_seq", "entries", "strangers", "digest")
       SELECT e."organization_id", split_part(e."type", ''.'', 1), 0, max(e."seq"), count(*), ''{}'', NULL FROM "audit"."chain_entry" e
        WHERE split_part(e."type", ''.'', 1) = replace(%L, ''_'', ''-'') AND e."recorded_at" < now() - interval ''8 days''
          AND NOT EXISTS (SELECT FROM %I.outbox_event o WHERE o."id" = e."event_id") GROUP BY 1, 2', outbox.name, outbox.name);
  END LOOP;
END $$;
