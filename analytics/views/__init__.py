"""The pages of the reports: what a manager reads."""
