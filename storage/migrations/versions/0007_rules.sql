-- Rules, templates, and what they did.

CREATE TABLE rules (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    name VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    place INTEGER NOT NULL,
    version INTEGER NOT NULL,
    shadow_until TIMESTAMP WITH TIME ZONE,
    active_since TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_rules PRIMARY KEY (id),
    CONSTRAINT fk_rules_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_rules_name ON rules (tenant, person, name) WHERE state <> 'proposed';

CREATE TABLE rule_matches (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    email UUID NOT NULL,
    rule UUID NOT NULL,
    rule_name VARCHAR NOT NULL,
    rule_version INTEGER NOT NULL,
    because JSONB NOT NULL,
    actions JSONB NOT NULL,
    outcomes JSONB NOT NULL,
    shadow BOOLEAN NOT NULL,
    done BOOLEAN DEFAULT false NOT NULL,
    round UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_rule_matches PRIMARY KEY (id),
    CONSTRAINT uq_rule_matches_tenant_email_rule UNIQUE (tenant, email, rule),
    CONSTRAINT fk_rule_matches_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE,
    CONSTRAINT fk_rule_matches_email_emails FOREIGN KEY(email) REFERENCES emails (id) ON DELETE CASCADE
);

CREATE INDEX ix_rule_matches_recent ON rule_matches (tenant, person, at);

CREATE INDEX ix_rule_matches_round ON rule_matches (tenant, round);

CREATE TABLE rule_runs (
    tenant UUID NOT NULL,
    email UUID NOT NULL,
    CONSTRAINT pk_rule_runs PRIMARY KEY (tenant, email),
    CONSTRAINT fk_rule_runs_email_emails FOREIGN KEY(email) REFERENCES emails (id) ON DELETE CASCADE
);

CREATE TABLE templates (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    name VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    threshold DOUBLE PRECISION,
    state VARCHAR NOT NULL,
    approved_by UUID,
    approved_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_templates PRIMARY KEY (id),
    CONSTRAINT uq_templates_tenant_person_name_version UNIQUE (tenant, person, name, version),
    CONSTRAINT fk_templates_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE auto_replies (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    account UUID NOT NULL,
    email UUID NOT NULL,
    answers VARCHAR NOT NULL,
    thread VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    rule UUID NOT NULL,
    rule_name VARCHAR NOT NULL,
    template UUID,
    template_name VARCHAR NOT NULL,
    template_version INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    confidence DOUBLE PRECISION,
    state VARCHAR NOT NULL,
    gates JSONB NOT NULL,
    reason VARCHAR NOT NULL,
    day DATE,
    approval UUID,
    due_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_auto_replies PRIMARY KEY (id),
    CONSTRAINT uq_auto_replies_tenant_email UNIQUE (tenant, email),
    CONSTRAINT fk_auto_replies_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_auto_replies_recent ON auto_replies (tenant, person, created_at);

CREATE INDEX ix_auto_replies_recipient ON auto_replies (tenant, person, recipient);

CREATE TABLE auto_reply_days (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    day DATE NOT NULL,
    used INTEGER NOT NULL,
    CONSTRAINT pk_auto_reply_days PRIMARY KEY (tenant, person, day),
    CONSTRAINT fk_auto_reply_days_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE habits (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    enable_auto_replies BOOLEAN NOT NULL,
    max_daily_replies INTEGER NOT NULL,
    threshold DOUBLE PRECISION NOT NULL,
    days_between INTEGER NOT NULL,
    undo_seconds INTEGER NOT NULL,
    sensitive_added VARCHAR[] NOT NULL,
    sensitive_removed VARCHAR[] NOT NULL,
    digest_hours INTEGER[] NOT NULL,
    digest_last VARCHAR NOT NULL,
    digested_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_habits PRIMARY KEY (tenant, person),
    CONSTRAINT fk_habits_person_people FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE
);

ALTER TABLE rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE rules FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON rules USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE rule_matches ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_matches FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON rule_matches USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE rule_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON rule_runs USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON templates USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE auto_replies ENABLE ROW LEVEL SECURITY;
ALTER TABLE auto_replies FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON auto_replies USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE auto_reply_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE auto_reply_days FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON auto_reply_days USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE habits ENABLE ROW LEVEL SECURITY;
ALTER TABLE habits FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON habits USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON rules, rule_matches, rule_runs, templates, auto_replies, auto_reply_days, habits TO deskhand_app;
