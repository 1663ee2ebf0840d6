"""Secrets at rest: encrypted in the database, masked wherever Python shows them.

Keys are derived from ENCRYPTION_KEYS: the first encrypts, all of them decrypt. To rotate, put a new key in front,
run `manage.py reencrypt_tokens`, then remove the old one.
"""

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

MASK = "••••••••"
# Binds the derived keys to this one purpose: another use of the same ENCRYPTION_KEYS gets other keys.
PURPOSE = b"channels_whatsapp access token"


class Undecryptable(Exception):
    """None of ENCRYPTION_KEYS opens this secret."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is missing.")

    def derive(key: str) -> Fernet:
        raw = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
        return Fernet(base64.urlsafe_b64encode(raw))

    return MultiFernet([derive(key) for key in keys])


def _current() -> MultiFernet:
    return _fernet(tuple(settings.ENCRYPTION_KEYS))


class Secret:
    """An encrypted text that shows itself only when asked to, so that no page, log or traceback holds it."""

    __slots__ = ("_ciphertext",)

    def __init__(self, ciphertext: str) -> None:
        self._ciphertext = ciphertext

    @classmethod
    def of(cls, plain: str) -> "Secret":
        """Encrypt a text with the first key."""
        return cls(_current().encrypt(plain.encode()).decode())

    @property
    def ciphertext(self) -> str:
        """Return what stands in the database."""
        return self._ciphertext

    def reveal(self) -> str:
        """Decrypt. Raises Undecryptable when its key is not among ENCRYPTION_KEYS."""
        try:
            return _current().decrypt(self._ciphertext.encode()).decode()
        except InvalidToken:
            raise Undecryptable from None

    def rotated(self) -> "Secret":
        """Return the same secret under the first key. Raises Undecryptable."""
        try:
            return Secret(_current().rotate(self._ciphertext.encode()).decode())
        except InvalidToken:
            raise Undecryptable from None

    def __bool__(self) -> bool:
        return bool(self._ciphertext)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._ciphertext == self._ciphertext

    def __hash__(self) -> int:
        return hash(self._ciphertext)

    def __str__(self) -> str:
        return MASK

    def __repr__(self) -> str:
        return MASK


class SecretField(models.TextField[Secret | str, Secret]):
    """A text column that holds ciphertext and gives a `Secret`; plain text is encrypted on its way in."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Secret | None:
        """Wrap what was read, without decrypting it."""
        del expression, connection
        return None if value is None else Secret(value)

    def to_python(self, value: Any) -> Secret | None:
        """Turn plain text into a secret."""
        if value is None or isinstance(value, Secret):
            return value
        return Secret.of(str(value)) if value else Secret("")

    def get_prep_value(self, value: Any) -> str | None:
        """Return the ciphertext."""
        secret = self.to_python(value)
        return None if secret is None else secret.ciphertext

    def value_to_string(self, obj: models.Model) -> str:
        """Mask in fixtures: a dump of data is no place for a token."""
        del obj
        return MASK
