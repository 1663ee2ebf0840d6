"""Wires everything together and holds no domain."""
