"""A customer's phone in the browser."""
