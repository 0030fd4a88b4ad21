-- Linking a mailbox: the states of sign-ins that were begun.

CREATE TABLE oauth_states (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    conversation UUID NOT NULL,
    provider VARCHAR NOT NULL,
    digest BYTEA NOT NULL,
    flow BYTEA,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_oauth_states PRIMARY KEY (id),
    CONSTRAINT uq_oauth_states_digest UNIQUE (digest),
    CONSTRAINT fk_oauth_states_person_people FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE,
    CONSTRAINT fk_oauth_states_conversation_conversations FOREIGN KEY (conversation) REFERENCES conversations (id) ON DELETE CASCADE
);

ALTER TABLE oauth_states ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_states FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON oauth_states USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_states TO deskhand_app;
