-- Slack workspaces that installed us, and what the forms of cards are filled with.

CREATE TABLE installations (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    team VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    bot_user VARCHAR NOT NULL,
    bot_id VARCHAR NOT NULL,
    scopes VARCHAR NOT NULL,
    token BYTEA NOT NULL,
    installed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_installations PRIMARY KEY (id),
    CONSTRAINT uq_installations_team UNIQUE (team)
);

CREATE TABLE card_forms (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    card VARCHAR NOT NULL,
    inputs BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_card_forms PRIMARY KEY (id),
    CONSTRAINT uq_card_forms_tenant_card UNIQUE (tenant, card)
);

ALTER TABLE installations ENABLE ROW LEVEL SECURITY;
ALTER TABLE installations FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON installations USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
-- An event names its workspace; whose that is, only the system can tell.
CREATE POLICY routing ON installations USING (current_setting('app.system', true) = 'yes');
ALTER TABLE card_forms ENABLE ROW LEVEL SECURITY;
ALTER TABLE card_forms FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON card_forms USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON installations, card_forms TO deskhand_app;
