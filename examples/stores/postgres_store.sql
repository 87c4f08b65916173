-- Times are microseconds since 1970; ends is NULL where a use counts for ever.
CREATE TABLE IF NOT EXISTS privflow_touch (
  key text PRIMARY KEY,
  state text NOT NULL,
  at bigint NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS privflow_touch_open
  ON privflow_touch (expires_at) WHERE state IN ('reserved', 'expired');

CREATE TABLE IF NOT EXISTS privflow_use (
  key text REFERENCES privflow_touch ON DELETE CASCADE,
  quota text,
  subject text,
  at bigint NOT NULL,
  cost bigint NOT NULL,
  ends bigint,
  PRIMARY KEY (key, quota, subject)
);
CREATE INDEX IF NOT EXISTS privflow_use_window ON privflow_use (quota, subject, at);

-- The uses that count, and when time alone takes each of them away.
CREATE OR REPLACE VIEW privflow_standing AS
  SELECT quota, subject, privflow_use.at, cost,
    least(ends, CASE state WHEN 'reserved' THEN expires_at END) AS leaves
  FROM privflow_use JOIN privflow_touch USING (key)
  WHERE state IN ('reserved', 'committed', 'late');

-- Places taken in a window.
CREATE OR REPLACE FUNCTION privflow_taken(of_quota text, of_subject text, since bigint)
RETURNS bigint LANGUAGE sql AS $$
  SELECT coalesce(sum(cost), 0)::bigint FROM privflow_standing
  WHERE quota = of_quota AND subject = of_subject AND at >= since
$$;

-- When time alone has freed so many of them; NULL where it never does.
CREATE OR REPLACE FUNCTION privflow_room_at(
  of_quota text, of_subject text, since bigint, now bigint, lacking bigint
) RETURNS bigint LANGUAGE sql AS $$
  SELECT min(leaves) FROM (
    SELECT leaves, sum(cost) OVER (ORDER BY leaves) AS freed FROM privflow_standing
    WHERE quota = of_quota AND subject = of_subject AND at >= since AND leaves > now
  ) AS leaving WHERE freed >= lacking
$$;

-- Holds until the end of the transaction; everybody locks in the same order.
CREATE OR REPLACE FUNCTION privflow_lock(names text[]) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(name) FROM (
    SELECT DISTINCT hashtextextended(unnest(names), 0) AS name ORDER BY name
  ) AS ordered
$$;

CREATE OR REPLACE FUNCTION privflow_expire(now bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE privflow_touch SET state = 'expired' WHERE key IN (
    SELECT key FROM privflow_touch WHERE state = 'reserved' AND expires_at <= now
    ORDER BY key FOR UPDATE
  )
$$;

-- The last word counts; a commit of what was given back is late. NULL: no such key.
CREATE OR REPLACE FUNCTION privflow_settle(of_key text, word text)
RETURNS text LANGUAGE sql AS $$
  UPDATE privflow_touch SET state = CASE
    WHEN word = 'committed' AND state IN ('released', 'expired', 'late') THEN 'late'
    ELSE word
  END
  WHERE key = of_key RETURNING state
$$;

-- To be called now and then, with an instant 31 days ago: as far back as keys may be
-- repeated and windows widened.
CREATE OR REPLACE FUNCTION privflow_forget(before bigint) RETURNS void LANGUAGE sql AS $$
  DELETE FROM privflow_touch AS touch WHERE expires_at < before AND NOT EXISTS (
    SELECT FROM privflow_use WHERE key = touch.key AND (ends IS NULL OR ends >= before)
  )
$$;
