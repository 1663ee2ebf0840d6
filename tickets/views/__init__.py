"""Pages and fragments of the inbox: load, validate, call one action, render."""
