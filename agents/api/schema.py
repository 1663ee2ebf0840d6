"""What the OpenAPI schema says about every operation beyond its fields."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any word of your own, such as a UUID: repeated with it within a day, the request has no second effect "
    "and gets the first answer, marked `Idempotency-Replayed: true`.",
)

TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457); some codes add members of their own.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": TEXT,
        "title": {**TEXT, "description": "The phrase of the HTTP status."},
        "status": {"type": "integer"},
        "code": {**TEXT, "description": "For programs; it does not change."},
        "detail": {**TEXT, "description": "A sentence for people, in the language of Accept-Language."},
        "errors": {"type": "object", "description": "Sentences by field.", "additionalProperties": True},
    },
}


class ApiSchema(AutoSchema):
    """Names the scope that an operation needs."""

    def get_description(self) -> str:  # type: ignore[override]
        """Return the docstring of the method, and the scope."""
        text = str(super().get_description() or "")
        scope = getattr(self.view, "scopes", {}).get(self.method)
        return f"{text}\n\nScope: `{scope}`." if scope else text


def add_problems(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Say that every operation answers errors with problem details."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    problem = {
        "description": "A problem.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = problem
    return result
