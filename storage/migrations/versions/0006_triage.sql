-- What triage knows of a mail, and what it learned from corrections.

CREATE TABLE corrections (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    account UUID NOT NULL,
    email UUID NOT NULL,
    category VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    sender_address VARCHAR NOT NULL,
    digest BYTEA NOT NULL,
    before JSONB NOT NULL,
    corrected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_corrections PRIMARY KEY (id),
    CONSTRAINT uq_corrections_tenant_email UNIQUE (tenant, email),
    CONSTRAINT fk_corrections_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE INDEX ix_corrections_account ON corrections (tenant, account);

ALTER TABLE corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON corrections USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON corrections TO deskhand_app;

CREATE TABLE second_opinions (
    tenant UUID NOT NULL,
    account UUID NOT NULL,
    digest BYTEA NOT NULL,
    model VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_second_opinions PRIMARY KEY (tenant, account, digest, model),
    CONSTRAINT fk_second_opinions_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
);

ALTER TABLE second_opinions ENABLE ROW LEVEL SECURITY;
ALTER TABLE second_opinions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON second_opinions USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON second_opinions TO deskhand_app;
