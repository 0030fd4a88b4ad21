-- What a mailbox says of itself: its other addresses, and which mailbox its owner means when none is named.

ALTER TABLE accounts ADD COLUMN preferred BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE accounts ADD COLUMN addresses_told_at TIMESTAMP WITH TIME ZONE;

CREATE TABLE aliases (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    account UUID NOT NULL,
    address VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_aliases PRIMARY KEY (id),
    CONSTRAINT uq_aliases_tenant_account_address UNIQUE (tenant, account, address),
    CONSTRAINT fk_aliases_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
);

ALTER TABLE aliases ENABLE ROW LEVEL SECURITY;
ALTER TABLE aliases FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON aliases USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON aliases TO deskhand_app;
