"""Hearing, speaking, turn-taking and delivery. Everything heavy loads on first use."""
