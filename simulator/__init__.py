"""A stand-in for Meta's Graph API and a customer's phone. It speaks HTTP only and imports no other app."""
