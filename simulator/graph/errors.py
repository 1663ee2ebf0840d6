"""Errors in the shape of the Graph API."""

import secrets
from typing import Any

NOT_AUTHORISED = 190
BAD_PARAMETER = 100
MISSING_PARAMETER = 131008
INVALID_VALUE = 131009
RE_ENGAGEMENT = 131047
UNDELIVERABLE = 131026
TEMPLATE_PARAMETERS = 132000
TEMPLATE_UNKNOWN = 132001
OVERLOADED = 2

TITLES = {
    NOT_AUTHORISED: "Invalid OAuth access token - Cannot parse access token",
    BAD_PARAMETER: "Invalid parameter",
    MISSING_PARAMETER: "Required parameter is missing",
    INVALID_VALUE: "Parameter value is not valid",
    RE_ENGAGEMENT: "Re-engagement message",
    UNDELIVERABLE: "Message undeliverable",
    TEMPLATE_PARAMETERS: "Number of parameters does not match the expected number of params",
    TEMPLATE_UNKNOWN: "Template name does not exist in the translation",
    OVERLOADED: "Service temporarily unavailable",
}
HTTP = {NOT_AUTHORISED: 401, TEMPLATE_UNKNOWN: 404, OVERLOADED: 503}


class GraphError(Exception):
    """A request is answered with an error body."""

    def __init__(self, code: int, details: str, *, title: str = "", status: int = 0) -> None:
        super().__init__(details)
        self.code = code
        self.title = title or TITLES.get(code, "Something went wrong")
        self.status = status or HTTP.get(code, 400)
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the JSON object of the answer."""
        return {
            "error": {
                "message": f"(#{self.code}) {self.title}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "A" + secrets.token_urlsafe(16),
            }
        }


def missing(name: str) -> GraphError:
    """Return the error for a parameter that is not there."""
    return GraphError(MISSING_PARAMETER, f"The parameter {name} is required.")


def invalid(name: str, why: str) -> GraphError:
    """Return the error for a value out of its limits."""
    return GraphError(INVALID_VALUE, f"{name} {why}.")


def malformed(name: str, why: str) -> GraphError:
    """Return the error for a parameter of the wrong kind."""
    return GraphError(BAD_PARAMETER, f"Param {name} {why}.")
