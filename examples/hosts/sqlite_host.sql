PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS contact (
    id TEXT PRIMARY KEY, wake_us INTEGER, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS contact_wake ON contact (wake_us);
CREATE TABLE IF NOT EXISTS inbox (
    key TEXT PRIMARY KEY, contact_id TEXT NOT NULL, at_us INTEGER NOT NULL,
    input TEXT NOT NULL, taken INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS inbox_open ON inbox (at_us) WHERE NOT taken;
CREATE TABLE IF NOT EXISTS outbox (
    key TEXT PRIMARY KEY, touch TEXT NOT NULL, command TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS outbox_open ON outbox (touch) WHERE NOT sent;
