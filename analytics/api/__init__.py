"""Figures for programs: exactly what `analytics.queries` returns, as the pages do."""
