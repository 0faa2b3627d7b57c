-- 100,000 people with one entry each; every tenth has written a long one.
INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
SELECT '', false, 'person' || n, '', '', '', false, true, now() FROM generate_series(1, 100000) AS n;

INSERT INTO guestbook_entry (author_id, message, word_count, is_public, created_at)
SELECT id, '…', CASE WHEN id % 10 = 0 THEN 300 ELSE 3 END, true, now() FROM auth_user;

-- Who did which range? The database keeps it, in the transaction that finishes the range.
CREATE TABLE done_by (run bigint, number integer, worker text);
CREATE FUNCTION keep_who() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO done_by VALUES (NEW.run_id, NEW.number, current_setting('application_name'));
    RETURN NULL;
END $$;
CREATE TRIGGER keep_who AFTER UPDATE ON badger_runrange FOR EACH ROW
    WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION keep_who();

-- The worker "first" is slow in its second range, with the awards written and not committed: it waits until the other one
-- has done something, and then long enough to be killed.
CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('application_name') = 'first' AND (SELECT count(*) FROM done_by WHERE worker = 'first') = 1 THEN
        WHILE NOT EXISTS (SELECT FROM done_by WHERE worker = 'second') LOOP
            PERFORM pg_sleep(0.05);
        END LOOP;
        PERFORM pg_sleep(2);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER take_time AFTER INSERT ON badger_award FOR EACH STATEMENT EXECUTE FUNCTION take_time();

ANALYZE;
