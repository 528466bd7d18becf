"""Reads one program: what its names mean, what its values may hold and where they came from."""
