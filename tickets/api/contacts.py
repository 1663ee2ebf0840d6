"""Contacts."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.pagination import page_of
from agents.api.views import ApiView
from agents.models import Scope
from tickets.api import querysets
from tickets.api.queries import ContactQuery
from tickets.api.serializers import ContactSerializer


class Contacts(ApiView):
    """People who write to us."""

    scopes = {"GET": Scope.CONTACTS_READ}

    @extend_schema(operation_id="contacts_list", parameters=[ContactQuery], responses=page_of(ContactSerializer))
    def get(self, request: Request) -> Response:
        """List the contacts of visible tickets."""
        query = self.query(ContactQuery)
        rows = querysets.contacts(self.user)
        if "phone" in query:
            rows = rows.filter(phone=query["phone"])
        return self.page(rows, ContactSerializer, query, order=query["order"])


class ContactDetail(ApiView):
    """One contact."""

    scopes = {"GET": Scope.CONTACTS_READ}

    @extend_schema(operation_id="contacts_get", responses=ContactSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return one contact."""
        return Response(ContactSerializer(get_object_or_404(querysets.contacts(self.user), pk=pk)).data)
