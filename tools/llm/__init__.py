"""The models: what understands language, with a key or without, and what measures meaning."""
