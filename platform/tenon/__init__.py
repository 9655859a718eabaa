"""Tenon: text becomes a model, the model becomes a running CRM."""

__version__ = "0.1.0"
