"""Who asks: a token in the Authorization header, and nothing else; so a foreign page can forge no request."""

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from agents import tokens
from agents.api.problems import Problem
from agents.models import ApiToken, User


class TokenAuthentication(BaseAuthentication):
    """Bearer tokens. One sentence for every kind of refusal, so that nobody learns which tokens existed."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's owner and the token; None without an Authorization header."""
        words = get_authorization_header(request).split()
        if not words:
            return None
        token = None
        if len(words) == 2 and words[0].lower() == b"bearer":
            token = tokens.find(words[1].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(_("This token is not valid, has expired or was revoked."))
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme that a 401 asks for."""
        del request
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """The token's scope covers what is asked; whose tickets they are is decided in the querysets."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Refuse methods that the address does not have, strangers, and tokens made for something else."""
        method = "GET" if request.method == "HEAD" else str(request.method)
        scopes = getattr(view, "scopes", {})
        if method not in scopes:
            raise MethodNotAllowed(method)
        if not isinstance(request.auth, ApiToken):
            raise NotAuthenticated(_("Send a token: Authorization: Bearer …"))
        needed = scopes[method]
        if needed is not None and needed not in request.auth.scopes:
            raise Problem(
                403, "insufficient_scope", _("This token lacks the scope that this needs."), required_scope=str(needed)
            )
        if request.auth.is_bot and method != "GET" and method not in getattr(view, "open_to_bots", ()):
            raise Problem(403, "bot_not_allowed", _("A bot's token answers and resolves; the rest is done by people."))
        return True


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the scheme."""
        del auto_schema
        return {"type": "http", "scheme": "bearer", "description": "A token made on the page “API tokens”."}
