"""Registrations: what this installation is at the providers of mail, as its settings say."""

from __future__ import annotations

from bot.settings import Settings
from tools.mail.linking.link import App, Linking


def linking(settings: Settings) -> Linking:
    """The providers at which it is registered, and where they send browsers back to."""
    apps = {"gmail": _google(settings), "outlook": _microsoft(settings)}
    return Linking({name: app for name, app in apps.items() if app is not None}, settings.public)


def _google(settings: Settings) -> App | None:
    if not settings.gmail_client_id or settings.gmail_client_secret is None:
        return None
    places = {
        "authorize": settings.google_auth_uri,
        "token": settings.google_token_uri,
        "api_endpoint": settings.gmail_api_endpoint,
    }
    if settings.gmail_push_topic and settings.gmail_push_account:
        places["push_topic"] = settings.gmail_push_topic
    return App(settings.gmail_client_id, settings.gmail_client_secret.get_secret_value(), places)


def _microsoft(settings: Settings) -> App | None:
    if not settings.outlook_client_id:
        return None
    places = {
        "authority": settings.ms_authority,
        "instance_discovery": "true" if settings.ms_instance_discovery else "false",
        "base_url": settings.graph_base_url,
    }
    authorities = settings.requests_ca_bundle or settings.ssl_cert_file
    if authorities:
        places["tls_ca"] = str(authorities)
    secret = settings.outlook_client_secret
    return App(settings.outlook_client_id, secret.get_secret_value() if secret else "", places)
