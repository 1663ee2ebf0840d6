"""Answers to surveys for programs."""
