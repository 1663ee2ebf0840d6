"""Which tags are skills, on the set-up page and for programs."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.api.conftest import program_of
from tests.cast import House, ticket_of, writes
from tests.setup.said import said
from tickets.models import AgentSkill, ConfigurationEvent, Tag, TicketTag


def test_a_tag_is_made_a_skill_and_one_no_longer(ada: Client, cast: House) -> None:
    assert "No tags yet" in said(ada.get(reverse("setup:tags")))
    tag = Tag.objects.create(name="billing")
    AgentSkill.objects.create(user=cast.lena, tag=tag)
    TicketTag.objects.create(ticket=ticket_of(writes(cast.inbox)), tag=tag)
    address = reverse("setup:tags_skill", args=[tag.pk])
    assert "“billing” is a skill now" in said(ada.post(address, {"on": "1"}, follow=True))
    page = said(ada.get(reverse("setup:tags")))
    assert "1 open ticket" in page
    assert "1 person has it" in page
    lena = program_of(cast.lena)
    assert lena.read("tags/")["results"] == [{"id": tag.pk, "name": "billing", "is_skill": True}]
    assert {one["name"]: one["skills"] for one in lena.read("agents/")["results"]}["Lena"] == ["billing"]
    ada.post(address, {"on": "0"})
    assert not Tag.objects.get().is_skill
    assert {one["name"]: one["skills"] for one in lena.read("agents/")["results"]}["Lena"] == []
    assert ConfigurationEvent.objects.filter(subject="tag", actor=cast.ada).count() == 2
    assert ada.post(address, {"on": "maybe"}).status_code == 404


def test_the_list_of_tags_is_one_question(ada: Client, cast: House) -> None:
    Tag.objects.bulk_create(Tag(name=f"tag {n}") for n in range(30))
    ada.get(reverse("setup:tags"))
    with CaptureQueriesContext(connection) as asked:
        ada.get(reverse("setup:tags"))
    assert sum("tickets_tag" in query["sql"] for query in asked) == 1
