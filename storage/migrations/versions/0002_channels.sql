-- One person on many channels: link codes, where each card is shown, and cards that hold several decisions.

CREATE TABLE shown (
    tenant UUID NOT NULL,
    conversation UUID NOT NULL,
    card VARCHAR NOT NULL,
    external VARCHAR NOT NULL,
    shown_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_shown PRIMARY KEY (tenant, conversation, card),
    CONSTRAINT fk_shown_conversation_conversations FOREIGN KEY (conversation) REFERENCES conversations (id) ON DELETE CASCADE
);

CREATE INDEX ix_shown_tenant_card ON shown (tenant, card);

CREATE TABLE link_codes (
    digest BYTEA NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_link_codes PRIMARY KEY (digest),
    CONSTRAINT fk_link_codes_person_people FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE reviews (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    approvals UUID[] NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reviews PRIMARY KEY (id),
    CONSTRAINT fk_reviews_person_people FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
);

ALTER TABLE shown ENABLE ROW LEVEL SECURITY;
ALTER TABLE shown FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON shown USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
ALTER TABLE link_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE link_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON link_codes USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
-- A code comes from somebody whom nobody knows yet: only the system can tell whose it is.
CREATE POLICY routing ON link_codes USING (current_setting('app.system', true) = 'yes');
ALTER TABLE reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE reviews FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON reviews USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON shown, link_codes, reviews TO deskhand_app;
