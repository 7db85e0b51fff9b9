"""The trail verified, and covered."""
