"""Builders of what phones send, and a phone of our own that speaks the protocol."""
