-- What the owner lets Deskhand do by itself, and the record it rests on.

ALTER TABLE receipts ADD COLUMN rule UUID;
ALTER TABLE receipts ADD COLUMN act VARCHAR DEFAULT '' NOT NULL;
ALTER TABLE receipts ADD COLUMN sender VARCHAR DEFAULT '' NOT NULL;
ALTER TABLE receipts ADD COLUMN category VARCHAR DEFAULT '' NOT NULL;

CREATE INDEX ix_receipts_act ON receipts (tenant, person, act) WHERE rule IS NOT NULL;

ALTER TABLE corrections ADD COLUMN needs_me BOOLEAN;

CREATE TABLE trust_rungs (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    act VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    rung VARCHAR NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_trust_rungs PRIMARY KEY (tenant, person, act, scope),
    CONSTRAINT fk_trust_rungs_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE trust_words (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    rule UUID NOT NULL,
    act VARCHAR NOT NULL,
    sender VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    request VARCHAR NOT NULL,
    yes BOOLEAN NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_trust_words PRIMARY KEY (id),
    CONSTRAINT uq_trust_words_tenant_request UNIQUE (tenant, request),
    CONSTRAINT fk_trust_words_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_trust_words_act ON trust_words (tenant, person, act);

CREATE TABLE trust_cards (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    kind VARCHAR NOT NULL,
    rule UUID NOT NULL,
    rule_name VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    rung VARCHAR NOT NULL,
    deeds JSONB NOT NULL,
    state VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by VARCHAR NOT NULL,
    CONSTRAINT pk_trust_cards PRIMARY KEY (id),
    CONSTRAINT fk_trust_cards_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_trust_cards_recent ON trust_cards (tenant, person, made_at);

CREATE TABLE manners (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    recipient VARCHAR NOT NULL,
    greeting VARCHAR NOT NULL,
    closing VARCHAR NOT NULL,
    approval UUID NOT NULL,
    learned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_manners PRIMARY KEY (tenant, person, recipient),
    CONSTRAINT fk_manners_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

ALTER TABLE trust_rungs ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_rungs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON trust_rungs USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE trust_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_words FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON trust_words USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE trust_cards ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_cards FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON trust_cards USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE manners ENABLE ROW LEVEL SECURITY;
ALTER TABLE manners FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON manners USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON trust_rungs, trust_words, trust_cards, manners TO deskhand_app;
