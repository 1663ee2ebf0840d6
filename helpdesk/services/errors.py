"""The one error of this package."""


class StartError(Exception):
    """Say in one sentence for a person why something cannot start or had to stop."""
