"""The site: a Django project with one app."""

VERSION = "0.1.0"
