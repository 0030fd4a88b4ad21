"""How the owner writes: counted from their own letters while they allow it, and used by drafts. Facts from closed lists, never
anybody's prose."""
