-- Telegram has no forms: what a card's form asks for, and the dialogs that ask it step by step.

CREATE TABLE telegram_forms (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    token VARCHAR NOT NULL,
    inputs BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_telegram_forms PRIMARY KEY (id),
    CONSTRAINT uq_telegram_forms_tenant_token UNIQUE (tenant, token),
    CONSTRAINT fk_telegram_forms_person_people FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE telegram_dialogs (
    id UUID NOT NULL,
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    address VARCHAR NOT NULL,
    form UUID NOT NULL,
    given BYTEA NOT NULL,
    heard VARCHAR NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_telegram_dialogs PRIMARY KEY (id),
    CONSTRAINT uq_telegram_dialogs_tenant_person_address UNIQUE (tenant, person, address),
    CONSTRAINT fk_telegram_dialogs_person_people FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE,
    CONSTRAINT fk_telegram_dialogs_form_telegram_forms FOREIGN KEY (form) REFERENCES telegram_forms (id) ON DELETE CASCADE
);

ALTER TABLE telegram_forms ENABLE ROW LEVEL SECURITY;
ALTER TABLE telegram_forms FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON telegram_forms USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);
ALTER TABLE telegram_dialogs ENABLE ROW LEVEL SECURITY;
ALTER TABLE telegram_dialogs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON telegram_dialogs USING (tenant = nullif(current_setting('app.tenant', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON telegram_forms, telegram_dialogs TO deskhand_app;
