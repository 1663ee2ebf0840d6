"""Starts the embedded PostgreSQL and Valkey and the processes of `make demo`; imports no Django."""
