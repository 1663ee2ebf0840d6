"""The view that every address of the API is made from."""

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.api import pagination, problems
from agents.api.authentication import HasScope, TokenAuthentication
from agents.api.fields import Input
from agents.api.parsing import StrictJSONParser
from agents.api.throttling import Allowance, TokenThrottle
from agents.models import ApiToken, Scope, User

M = TypeVar("M", bound=Model)


class OnlyJSON(BaseContentNegotiation):
    """There is one format; who asks for another gets it as well, with its true name."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        """Take JSON; None, which is 415, for anything else that has a body."""
        media_type = str(request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Answer in JSON."""
        del request, format_suffix
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """One address: `scopes` says which methods it has and what a token must cover for each.

    With a bot's token everything can be read, and changed only by the methods in `open_to_bots`.
    """

    scopes: ClassVar[dict[str, Scope]]
    open_to_bots: ClassVar[frozenset[str]] = frozenset()
    authentication_classes = (TokenAuthentication,)
    permission_classes = (HasScope,)
    throttle_classes = (TokenThrottle,)
    parser_classes = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyJSON
    metadata_class = None
    allowance: Allowance | None = None

    @property
    def allowed_methods(self) -> list[str]:
        """Name the methods that the address has, for the header Allow."""
        return [*self.scopes, *(["HEAD"] if "GET" in self.scopes else [])]

    @property
    def user(self) -> User:
        """Return the token's owner."""
        assert isinstance(self.request.user, User)  # noqa: S101 - HasScope
        return self.request.user

    @property
    def token(self) -> ApiToken:
        """Return the token."""
        assert isinstance(self.request.auth, ApiToken)  # noqa: S101 - HasScope
        return self.request.auth

    def get_exception_handler(self) -> Any:
        """Answer errors as problems."""
        return problems.respond

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Say what is left of the minute, and keep answers out of caches."""
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            response.headers[name] = value
        response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    def query(self, serializer: type[Input]) -> dict[str, Any]:
        """Return the valid parameters of the address. Raises ValidationError."""
        # As a plain dict: of a form, which this is not, an absent box would count as unticked.
        sent = self.request.query_params
        many = serializers.MultipleChoiceField
        fields = serializer().fields
        given = serializer(
            data={name: sent.getlist(name) if isinstance(fields.get(name), many) else sent[name] for name in sent}
        )
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def body(self, serializer: type[Input], **options: Any) -> dict[str, Any]:
        """Return the valid body. Raises ValidationError."""
        given = serializer(data=self.request.data, **options)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def page(
        self,
        rows: QuerySet[M],
        serializer: type[serializers.Serializer[Any]],
        query: dict[str, Any],
        *,
        order: str = "id",
    ) -> Response:
        """Answer with one page of rows."""
        found = pagination.page(rows, order=order, limit=query["limit"], cursor=query.get("cursor"))
        following = pagination.next_url(self.request, found.next) if found.next else None
        response = Response({"results": serializer(found.rows, many=True).data, "next": following})
        if following:
            response.headers["Link"] = f'<{following}>; rel="next"'
        return response
