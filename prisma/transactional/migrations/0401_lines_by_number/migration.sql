-- A plan of this check is kept for as long as a connection lives. Made while the journal was small it read all of it through for every posting, however large it had become: what it looks up, it looks up by number.
ALTER FUNCTION "transactional"."lines_come_with_their_entry"() SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
ALTER FUNCTION "transactional"."entry_must_balance"() SET enable_seqscan = off;
