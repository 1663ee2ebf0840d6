"""Contacts."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.pagination import page_of
from agents.api.views import ApiView
from agents.models import Scope
from tickets.actions import contacts
from tickets.api import querysets
from tickets.api.base import ActionView
from tickets.api.inputs import ContactInput
from tickets.api.queries import ContactQuery
from tickets.api.serializers import ContactSerializer
from tickets.models import Contact


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


class ContactDetail(ActionView):
    """One contact."""

    scopes = {"GET": Scope.CONTACTS_READ, "PATCH": Scope.CONTACTS_WRITE}

    def contact(self, pk: int) -> Contact:
        """Return a visible contact."""
        return get_object_or_404(querysets.contacts(self.user), pk=pk)

    @extend_schema(operation_id="contacts_get", responses=ContactSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return one contact."""
        return Response(ContactSerializer(self.contact(pk)).data)

    @extend_schema(operation_id="contacts_change", request=ContactInput, responses=ContactSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Give a contact another name."""
        self.contact(pk)
        renamed = contacts.rename(actor=self.user, contact_id=pk, name=self.body(ContactInput)["name"])
        return Response(ContactSerializer(renamed).data)
