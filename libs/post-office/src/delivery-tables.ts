/** The ledger of deliveries. */
export const DELIVERY_TABLES = `
CREATE TABLE IF NOT EXISTS ledger.webhook_cursors (
  subscriber text PRIMARY KEY, position bigint NOT NULL, delivered bigint NOT NULL DEFAULT 0,
  dropped bigint NOT NULL DEFAULT 0, last_delivered timestamptz, last_failed timestamptz, last_error text
);
CREATE TABLE IF NOT EXISTS ledger.deliveries (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subscriber text NOT NULL, id text NOT NULL, object text NOT NULL, kind text NOT NULL, body text,
  state text NOT NULL DEFAULT 'waiting', tries int NOT NULL DEFAULT 0,
  first_failed timestamptz, next_try timestamptz, error text, requeued boolean NOT NULL DEFAULT false,
  made timestamptz NOT NULL DEFAULT now(), done timestamptz,
  UNIQUE (subscriber, id)
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON ledger.deliveries (subscriber, n) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_dead ON ledger.deliveries (subscriber, n) WHERE state = 'dead';
CREATE INDEX IF NOT EXISTS deliveries_requeued ON ledger.deliveries (n) WHERE requeued;
CREATE INDEX IF NOT EXISTS deliveries_done ON ledger.deliveries (done) WHERE state = 'delivered';
ALTER TABLE ledger.deliveries ADD COLUMN IF NOT EXISTS trace text`;
