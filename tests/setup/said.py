"""What a page says, without its markup."""

import html
import re

from django.http import HttpResponse


def said(response: object) -> str:
    """Return the words of a page in one line."""
    assert isinstance(response, HttpResponse)
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(text).split())
