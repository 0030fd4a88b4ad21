-- What sync remembers beyond the cursor: flags, mails that could not be read, and who listens to a mailbox that pushes.

ALTER TABLE emails ADD COLUMN flagged BOOLEAN DEFAULT false NOT NULL;

CREATE TABLE set_aside (
    tenant UUID NOT NULL,
    account UUID NOT NULL,
    key VARCHAR NOT NULL,
    stands JSONB NOT NULL,
    tries INTEGER NOT NULL,
    reason VARCHAR NOT NULL,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_set_aside PRIMARY KEY (tenant, account, key),
    CONSTRAINT fk_set_aside_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
);

ALTER TABLE set_aside ENABLE ROW LEVEL SECURITY;
ALTER TABLE set_aside FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON set_aside USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON set_aside TO deskhand_app;

CREATE TABLE listeners (
    tenant UUID NOT NULL,
    account UUID NOT NULL,
    holder VARCHAR NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_listeners PRIMARY KEY (tenant, account),
    CONSTRAINT fk_listeners_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
);

ALTER TABLE listeners ENABLE ROW LEVEL SECURITY;
ALTER TABLE listeners FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON listeners USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON listeners TO deskhand_app;
