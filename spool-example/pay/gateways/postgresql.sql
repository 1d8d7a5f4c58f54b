-- The bank's side of the PostgreSQL gateway: psql -d bank -f postgresql.sql
-- An account is opened by hand: INSERT INTO msgspool.account (name, currency, balance) VALUES ('alice', 'credit', 100);
-- The user of the gateway needs: GRANT USAGE ON SCHEMA msgspool TO u; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA msgspool TO u;

BEGIN;
CREATE SCHEMA msgspool;

CREATE TABLE msgspool.account (
  name text NOT NULL,
  currency text NOT NULL,
  balance bigint NOT NULL CHECK (balance >= 0),
  PRIMARY KEY (name, currency)
);

-- Every key that was ever asked for. The primary key is what makes a repeated charge the same charge. `voided` is also the
-- tombstone of a key whose void came before its charge.
CREATE TABLE msgspool.payment (
  key text PRIMARY KEY,
  ref bigint GENERATED ALWAYS AS IDENTITY,
  account text NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  state text NOT NULL CHECK (state IN ('charged', 'declined', 'voided')),
  at timestamptz NOT NULL DEFAULT now()
);

-- In all three: 'ok REF', 'declined', 'unknown', or 'differs' where the key was used with other parameters.
-- The payment is locked before the account, always, so that two calls never wait for each other.

CREATE FUNCTION msgspool.charge(the_key text, the_amount bigint, the_currency text, the_account text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  found_payment msgspool.payment;
  new_ref bigint;
BEGIN
  -- A second call of the same key waits here for the end of the first.
  INSERT INTO msgspool.payment (key, account, currency, amount, state) VALUES (the_key, the_account, the_currency, the_amount, 'declined')
    ON CONFLICT (key) DO NOTHING RETURNING ref INTO new_ref;
  IF new_ref IS NULL THEN
    SELECT * INTO STRICT found_payment FROM msgspool.payment WHERE key = the_key;
    IF (found_payment.amount, found_payment.currency, found_payment.account) <> (the_amount, the_currency, the_account) THEN
      RETURN 'differs';
    END IF;
    RETURN CASE found_payment.state WHEN 'charged' THEN 'ok ' || found_payment.ref ELSE 'declined' END;
  END IF;
  -- Locks the account's row until the commit: of any number of charges at once, each sees what the one before it left.
  UPDATE msgspool.account SET balance = balance - the_amount
    WHERE name = the_account AND currency = the_currency AND balance >= the_amount;
  IF NOT FOUND THEN RETURN 'declined'; END IF;
  UPDATE msgspool.payment SET state = 'charged' WHERE key = the_key;
  RETURN 'ok ' || new_ref;
END $$;

CREATE FUNCTION msgspool.status(the_key text, the_amount bigint, the_currency text, the_account text) RETURNS text
LANGUAGE sql AS $$
  SELECT coalesce((
    SELECT CASE WHEN (amount, currency, account) <> (the_amount, the_currency, the_account) THEN 'differs'
      WHEN state = 'charged' THEN 'ok ' || ref ELSE 'declined' END
    FROM msgspool.payment WHERE key = the_key), 'unknown')
$$;

CREATE FUNCTION msgspool.void(the_key text, the_amount bigint, the_currency text, the_account text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  found_payment msgspool.payment;
BEGIN
  INSERT INTO msgspool.payment (key, account, currency, amount, state) VALUES (the_key, the_account, the_currency, the_amount, 'voided')
    ON CONFLICT (key) DO NOTHING;
  SELECT * INTO STRICT found_payment FROM msgspool.payment WHERE key = the_key FOR UPDATE;
  IF (found_payment.amount, found_payment.currency, found_payment.account) <> (the_amount, the_currency, the_account) THEN
    RETURN 'differs';
  END IF;
  IF found_payment.state = 'charged' THEN
    UPDATE msgspool.account SET balance = balance + the_amount WHERE name = the_account AND currency = the_currency;
    UPDATE msgspool.payment SET state = 'voided' WHERE key = the_key;
  END IF;
  RETURN 'ok ' || found_payment.ref;
END $$;
COMMIT;
