-- What Outlook's push needs: which mailboxes tell us by themselves when something happens.

CREATE TABLE subscriptions (
    tenant UUID NOT NULL,
    account UUID NOT NULL,
    name VARCHAR NOT NULL,
    digest BYTEA NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_subscriptions PRIMARY KEY (tenant, account),
    CONSTRAINT fk_subscriptions_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
);

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON subscriptions USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON subscriptions TO deskhand_app;
