"""Signing in: who is signed in, the pages of signing in, accounts and passwords, and sign-ins that lapse."""
