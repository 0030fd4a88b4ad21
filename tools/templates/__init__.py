"""Templates: frozen texts with typed fields. What is sent unattended is one of these, word for word."""
