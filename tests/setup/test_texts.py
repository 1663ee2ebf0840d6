"""An administrator writes what the house says by itself."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.cast import House
from tickets import defaults
from tickets.actions import texts
from tickets.errors import NotAllowed, Refused
from tickets.models import AutomaticText, Inbox, TextKind


@pytest.fixture
def german(cast: House) -> AutomaticText:
    """Return the German acknowledgement."""
    defaults.install_texts()
    return AutomaticText.objects.get(kind=TextKind.ACKNOWLEDGEMENT, language="de")


def post(client: Client, row: AutomaticText, text: str, do: str = "save", **more: object) -> tuple[int, str]:
    """Send the editor's form; return the status and the page it leads to."""
    fields = {"text": text, "version": row.version, "do": do, **more}
    response = client.post(f"/setup/texts/{row.pk}/", fields, follow=True)
    return response.status_code, response.content.decode()


def test_every_kind_is_shown_as_a_contact_reads_it(ada: Client, german: AutomaticText) -> None:
    html = ada.get("/setup/texts/").content.decode()
    for kind in TextKind:
        assert str(kind.label) in html
    assert "Hello Aoife Brennan, thank you for your message." in html
    assert "Your ticket number: #1042" in html
    for row in AutomaticText.objects.all():
        assert f'href="/setup/texts/{row.pk}/"' in html


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Expected reply: "), ("de", "Voraussichtliche Antwort: "), ("fr", "Réponse prévue : ")],
)
def test_the_preview_speaks_the_languages_own_words(
    ada: Client, german: AutomaticText, language: str, words: str
) -> None:
    row = AutomaticText.objects.get(kind=TextKind.OUT_OF_HOURS, language=language)
    html = ada.get(f"/setup/texts/{row.pk}/").content.decode()
    full, bare = re.findall(r'<span class="bubble-text"[^>]*>(.*?)</span>', html, re.DOTALL)
    assert words in full
    assert "Aoife Brennan" in full
    assert words not in bare
    assert "Aoife" not in bare
    assert "{{" not in full + bare


def test_new_words_are_saved_and_who_wrote_them(ada: Client, german: AutomaticText, cast: House) -> None:
    status, html = post(ada, german, "Moin {{name}}!\r\nNummer {{ticket_number}}  \r\n")
    german.refresh_from_db()
    assert (status, german.text, german.version) == (200, "Moin {{name}}!\nNummer {{ticket_number}}", 2)
    assert german.changed_by == cast.ada
    assert "Text saved" in html


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write something. To say nothing at all, switch this kind off."),
        ("Hallo {{nam}} {{ticket_number}}", "{{nam}} cannot be filled in. Use one of these: {{ticket_number}},"),
        ("{{settings.SECRET_KEY}} {{ticket_number}}", "{{settings.SECRET_KEY}} cannot be filled in."),
        ("Hallo", "{{ticket_number}} is missing. Put it where the contact shall read it."),
        ("{{ticket_number}} {% load x %}", "There are braces that belong to no placeholder."),
        ("{{ticket_number}}" + "x" * 1000, "The text is 17 characters too long. Shorten it."),
    ],
)
def test_words_that_cannot_be_sent_are_refused_with_the_way_out(
    ada: Client, german: AutomaticText, cast: House, text: str, sentence: str
) -> None:
    before = german.text
    status, html = post(ada, german, text)
    assert status == 422
    assert sentence in html
    assert "Nothing is saved yet" in html
    with pytest.raises(Refused):
        texts.change(actor=cast.ada, text_id=german.pk, version=german.version, text=text)
    german.refresh_from_db()
    assert german.text == before


def test_a_text_that_somebody_else_changed_meanwhile_is_not_overwritten(ada: Client, german: AutomaticText) -> None:
    post(ada, german, "Erste {{ticket_number}}")
    status, html = post(ada, german, "Zweite {{ticket_number}}")
    assert status == 409
    assert "Zweite {{ticket_number}}" in html
    german.refresh_from_db()
    assert german.text == "Erste {{ticket_number}}"


def test_a_placeholder_is_put_in_without_a_script_too(ada: Client, german: AutomaticText) -> None:
    _, html = post(ada, german, "Hallo", do="insert-eta")
    assert "Hallo {{eta}}</textarea>" in html


def test_a_kind_and_an_inbox_are_switched_at_once(ada: Client, german: AutomaticText, cast: House) -> None:
    defaults.install_texts()
    ada.post("/setup/texts/switches/", {"kind": "acknowledgement", "on": "1"})
    assert AutomaticText.objects.filter(kind="acknowledgement", is_active=True).count() == 3
    response = ada.post("/setup/texts/switches/", {"inbox": cast.inbox.pk, "on": "0"}, follow=True)
    assert "“Support EU” is switched off" in response.content.decode()
    assert not Inbox.objects.get().acknowledges
    assert ada.post("/setup/texts/switches/", {"kind": "nonsense"}).status_code == 404


def test_those_who_may_not_configure_change_nothing(cast: House, german: AutomaticText) -> None:
    with pytest.raises(NotAllowed):
        texts.change(actor=cast.amira, text_id=german.pk, version=1, text="{{ticket_number}}")
    with pytest.raises(NotAllowed):
        texts.switch(actor=cast.lena, kind=TextKind.UPDATE, on=True)
    with pytest.raises(NotAllowed):
        texts.switch_inbox(actor=cast.jonas, inbox_id=cast.inbox.pk, on=False)


def test_the_database_refuses_an_empty_or_endless_text(german: AutomaticText) -> None:
    for text in ("", "x" * 1001):
        german.text = text
        with pytest.raises(IntegrityError), transaction.atomic():
            german.save()


def test_the_list_needs_the_same_queries_however_many_texts_there_are(
    ada: Client, german: AutomaticText, django_assert_num_queries: object
) -> None:
    ada.get("/setup/texts/")
    # Session, user, whether they take tickets and unread alerts, texts, hours, a team's name, inboxes.
    with django_assert_num_queries(7):  # type: ignore[operator]
        ada.get("/setup/texts/")
