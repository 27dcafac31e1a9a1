-- AlterTable
ALTER TABLE "transactional"."portfolio" ADD COLUMN     "name" TEXT;

-- AlterTable
ALTER TABLE "transactional"."instrument" ADD COLUMN     "name" TEXT;

-- The lines of an entry are numbered 1 to its line_count. An entry can be checked before the end of its transaction (SET CONSTRAINTS … IMMEDIATE), and is
-- not checked again at commit: once all of its numbers are taken, a further line has no place.
CREATE OR REPLACE FUNCTION "transactional"."lines_come_with_their_entry"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM new_lines AS l JOIN "transactional"."journal_entry" AS e ON e.id = l.entry_id
             WHERE e.xmin <> pg_current_xact_id()::xid OR l.line NOT BETWEEN 1 AND e.line_count) THEN
    RAISE EXCEPTION 'journal_line is append-only: lines come with their entry' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
