"""Read JSON that may have been made to hurt: too long, too deep, numbers without end, half characters."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from agents.api.problems import Problem

MAX_BYTES = 64 * 1024


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it; whatever cannot be stored as text is refused here."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value. Raises ParseError (400), or Problem 413 for a body over 64 KiB."""
        del media_type, parser_context
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            text = _("The body is longer than %(number)d KiB.") % {"number": MAX_BYTES // 1024}
            raise Problem(413, "too_large", text)
        try:
            value = json.loads(codecs.decode(raw, "utf-8"), parse_constant=_refuse_constant)
            # A lone surrogate can be written in JSON and in nothing else.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON in UTF-8.")) from error
        return value
