"""Settings: read once, at the door, from the environment and `.env`; handed in from here on. The only file that does so."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.values.errors import Refused


class Settings(BaseSettings):
    """What operators set. Every field's description stands in docs/configuration.md, which is made from here."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    deskhand_home: Path = Field(
        default_factory=lambda: user_data_path("deskhand", appauthor=False),
        description="Folder for embedded services, files and keys of a single-machine installation.",
    )
    database_url: SecretStr | None = Field(
        None, description="A Postgres with pgvector. Unset: an embedded one under DESKHAND_HOME."
    )
    redis_url: SecretStr | None = Field(
        None, description="A Redis or Valkey. Unset: an embedded one under DESKHAND_HOME."
    )
    encryption_key: SecretStr | None = Field(
        None,
        description="Key-encryption key: 32 bytes in base64 or hex; several as `1:…,2:…`, the highest number seals.",
    )
    encryption_key_provider: Literal["env", "file"] = Field(
        "file",
        description="Where the key comes from: `env` reads ENCRYPTION_KEY, `file` keeps one under DESKHAND_HOME (mode 0600). "
        "A set ENCRYPTION_KEY is used in either case.",
    )
    openai_api_key: SecretStr | None = Field(None, description="Key of an OpenAI-compatible endpoint.")
    openai_base_url: str | None = Field(
        None, description="Its address. Key and address both unset: the offline brain, no key and no network."
    )
    openai_model: str = Field("gpt-5-mini", description="The chat model's name there.")
    deskhand_mailbox_password: SecretStr | None = Field(
        None, description="Password for `--mailbox imap://…`, so that it need not stand on the command line."
    )
    slack_bot_token: SecretStr | None = Field(
        None, description="Bot token (`xoxb-…`) of the one Slack workspace that is served without an OAuth install."
    )
    slack_app_token: SecretStr | None = Field(
        None, description="App-level token (`xapp-…`): Slack comes through Socket Mode, and needs no public address."
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="Signing secret: without SLACK_APP_TOKEN, Slack comes through `POST /slack/events`, signed."
    )
    slack_client_id: str | None = Field(
        None, description="With SLACK_CLIENT_SECRET: `GET /slack/install` lets other Slack workspaces install the app."
    )
    slack_client_secret: SecretStr | None = Field(None, description="The client secret of the Slack app.")
    slack_api_base_url: str = Field("https://slack.com/api/", description="Where Slack's Web API answers.")
    slack_authorize_url: str = Field(
        "https://slack.com/oauth/v2/authorize", description="Where a person allows a Slack install."
    )
    telegram_bot_token: SecretStr | None = Field(None, description="The Telegram bot's token, from @BotFather.")
    telegram_webhook_secret: SecretStr | None = Field(
        None,
        description="Set: Telegram calls `POST /telegram/webhook` under PUBLIC_URL and shows this secret (1 to 256 letters, "
        "digits, `_` and `-`). Unset: Deskhand polls, and needs no public address.",
    )
    telegram_api_base_url: str = Field(
        "https://api.telegram.org/bot", description="Where Telegram's Bot API answers; the token follows."
    )
    telegram_file_base_url: str = Field(
        "https://api.telegram.org/file/bot", description="Where files are fetched from; the token follows."
    )
    gmail_client_id: str | None = Field(
        None, description="Client id of a web application at Google; with its secret, people link Gmail from the chat."
    )
    gmail_client_secret: SecretStr | None = Field(None, description="The secret of that Google application.")
    google_auth_uri: str = Field(
        "https://accounts.google.com/o/oauth2/v2/auth", description="Google's page on which a person agrees."
    )
    google_token_uri: str = Field(
        "https://oauth2.googleapis.com/token",
        description="Where Google gives tokens; `revoke` beside it takes them back.",
    )
    gmail_api_endpoint: str = Field("https://gmail.googleapis.com/", description="Where the Gmail API answers.")
    gmail_push_topic: str | None = Field(
        None,
        description="Pub/Sub topic (`projects/P/topics/T`) that Gmail tells of new mail, pushed to `PUBLIC_URL/hooks/gmail`. "
        "Unset: mail is polled for only.",
    )
    gmail_push_account: str | None = Field(
        None, description="The service account that signs what that topic pushes; nobody else is believed."
    )
    google_certs_uri: str = Field(
        "https://www.googleapis.com/oauth2/v1/certs", description="Google's certificates, for what is pushed."
    )
    outlook_client_id: str | None = Field(
        None, description="Client id of an app at Microsoft Entra; with it, people link Outlook from the chat."
    )
    outlook_client_secret: SecretStr | None = Field(
        None, description="The secret of that app. Unset: it is registered as a public client, which has none."
    )
    ms_authority: str = Field(
        "https://login.microsoftonline.com/common",
        description="Whose accounts sign in: `common`, `organizations`, `consumers` or one tenant. Always https.",
    )
    ms_instance_discovery: bool = Field(
        True, description="Whether Microsoft is asked if MS_AUTHORITY is one of its own. false: nobody else is asked."
    )
    graph_base_url: str = Field(
        "https://graph.microsoft.com/v1.0", description="Where Microsoft Graph answers; ends in `/v1.0`."
    )
    requests_ca_bundle: Path | None = Field(
        None, description="File of the authorities to trust at Microsoft instead of the system's."
    )
    ssl_cert_file: Path | None = Field(None, description="The same, where REQUESTS_CA_BUNDLE is not set.")
    host: str = Field("127.0.0.1", description="Address that the web app listens on.")
    port: int = Field(8000, description="Port that the web app listens on.", ge=0, le=65535)
    public_url: str | None = Field(
        None, description="Where browsers and webhooks reach the web app; unset: `http://HOST:PORT`."
    )
    mail_autoconfig: bool = Field(
        True,
        description="Whether `/link imap` asks the address's own domain, over https, which mail servers it publishes. "
        "false: only the table that comes along and the usual names are tried.",
    )
    poll_seconds: float = Field(300, description="How often mailboxes are asked for new mail, in seconds.", gt=0)
    deskhand_data: Path | None = Field(
        None, description="Folder of the data for `deskhand eval`. Unset: `shared/data` beside the checkout."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("WARNING", description="What is logged.")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look, on standard error.")

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        return _of_scheme(
            value, ("postgres", "postgresql", "postgresql+psycopg"), "postgresql://user:password@host/name"
        )

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_telegram_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise PydanticCustomError("secret", "use 1 to 256 letters, digits, _ and - (`openssl rand -hex 32`)")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        return _of_scheme(value, ("redis", "rediss", "unix"), "redis://host:6379/0")

    @property
    def public(self) -> str:
        """Where browsers and webhooks reach the web app."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @cached_property
    def home(self) -> Path:
        """The home, expanded and absolute."""
        return self.deskhand_home.expanduser().absolute()


def _of_scheme(value: SecretStr | None, schemes: tuple[str, ...], shape: str) -> SecretStr | None:
    """The address, if it is one. What is wrong with it is said without it, since it may hold a password."""
    if value is not None:
        try:
            parts = urlsplit(value.get_secret_value())
            right = parts.scheme in schemes and (parts.port is None or parts.port > 0)
        except ValueError:
            right = False
        if not right:
            raise PydanticCustomError("address", "write an address like {shape}", {"shape": shape})
    return value


def read_settings() -> Settings:
    """Reads the environment. Refused, naming each setting that is wrong, without its value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors(include_input=False))
        raise Refused(f"A setting is wrong. {wrong}.") from None
