"""Django's PostgreSQL backend with a deadline on our side of the wire."""
