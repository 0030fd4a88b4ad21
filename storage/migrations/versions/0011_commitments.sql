-- What was promised, by whom, and how the owner writes.

CREATE TABLE commitments (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    account UUID NOT NULL,
    email UUID NOT NULL,
    content BYTEA NOT NULL,
    mine BOOLEAN NOT NULL,
    name VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    quote VARCHAR NOT NULL,
    file BOOLEAN NOT NULL,
    thread VARCHAR NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    counts_from TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE,
    state VARCHAR NOT NULL,
    kept_by UUID,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_commitments PRIMARY KEY (id),
    CONSTRAINT uq_commitments_tenant_account_content UNIQUE (tenant, account, content),
    CONSTRAINT fk_commitments_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_commitments_email_emails FOREIGN KEY(email) REFERENCES emails (id) ON DELETE CASCADE
);

CREATE INDEX ix_commitments_open ON commitments (tenant, account) WHERE state = 'open';

CREATE INDEX ix_commitments_email ON commitments (email);

CREATE TABLE commitment_reads (
    email UUID NOT NULL,
    tenant UUID NOT NULL,
    CONSTRAINT pk_commitment_reads PRIMARY KEY (email),
    CONSTRAINT fk_commitment_reads_email_emails FOREIGN KEY(email) REFERENCES emails (id) ON DELETE CASCADE
);

CREATE TABLE styles (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    address VARCHAR NOT NULL,
    facts JSONB NOT NULL,
    letters INTEGER NOT NULL,
    learned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_styles PRIMARY KEY (id),
    CONSTRAINT uq_styles_tenant_person_address UNIQUE (tenant, person, address),
    CONSTRAINT fk_styles_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

ALTER TABLE commitments ENABLE ROW LEVEL SECURITY;
ALTER TABLE commitments FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON commitments USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE commitment_reads ENABLE ROW LEVEL SECURITY;
ALTER TABLE commitment_reads FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON commitment_reads USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE styles ENABLE ROW LEVEL SECURITY;
ALTER TABLE styles FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON styles USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON commitments, commitment_reads, styles TO deskhand_app;
