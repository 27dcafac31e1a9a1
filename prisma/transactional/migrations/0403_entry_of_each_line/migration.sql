-- The entry of each line is looked up by itself: as a join it was planned for the few entries that a young journal has, and every later posting of the connection compared
-- each line with each entry. A line of an entry that its writer does not see is refused as well.
CREATE OR REPLACE FUNCTION "transactional"."lines_come_with_their_entry"() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT FROM new_lines AS l
             WHERE (SELECT e.xmin = pg_current_xact_id()::xid AND l.line BETWEEN 1 AND e.line_count FROM "transactional"."journal_entry" AS e WHERE e.id = l.entry_id) IS NOT TRUE) THEN
    RAISE EXCEPTION 'journal_line is append-only: lines come with their entry' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
