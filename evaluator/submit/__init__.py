"""Sends sample files to a Passboard site, by its API, and follows what becomes of them."""
