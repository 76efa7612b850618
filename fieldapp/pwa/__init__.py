"""Serves the field app's shell, its service worker and its manifest. The shell carries no user data."""
