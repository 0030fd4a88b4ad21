"""Telegram: the assistant as a bot, by polling or by webhook."""
