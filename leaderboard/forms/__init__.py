"""Every request value is parsed at the edge, once."""
