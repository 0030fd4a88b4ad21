"""Follow-ups: what people want to come back to, and the moments that their words mean."""
