"""Surveys on the ticket page, low scores that wait, and the set-up page."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agents.models import Membership, Role, User
from surveys.models import (
    FollowUp,
    FollowUpState,
    NotSent,
    Survey,
    SurveyInvitation,
    SurveyKind,
    SurveyResponse,
    SurveyText,
)
from tests.cast import House, person, ticket_of, writes
from tests.surveys.conftest import asked, helped, invited, taps, types, work
from tickets.api import querysets
from tickets.inbound import Outcome
from tickets.models import ConfigurationEvent, ContactIdentity, Draft, Inbox, Purpose, Status, Ticket

pytestmark = pytest.mark.django_db
Journey = time_machine.Traveller


def browser(user: User) -> Client:
    """Return a browser in which somebody is logged in."""
    client = Client()
    client.force_login(user)
    return client


def page_of(client: Client, invitation: SurveyInvitation) -> str:
    """Return the ticket's page."""
    return client.get(reverse("inbox:ticket", args=["all", invitation.ticket_id])).content.decode()


def test_a_survey_that_is_due_can_be_cancelled_on_the_ticket_page(cast: House, journey: Journey) -> None:
    invitation = invited(helped(cast))
    lena = browser(cast.lena)
    assert "Goes out in 1 min" in page_of(lena, invitation)
    journey.shift(dt.timedelta(seconds=20))
    assert "Goes out in 40 s" in page_of(lena, invitation)
    cancellation = reverse("surveys:cancellation", args=[invitation.pk])
    assert browser(User.objects.create(username="stranger")).post(cancellation).status_code == 404
    lena.post(cancellation)
    invitation.refresh_from_db()
    assert invitation.reason == NotSent.CANCELLED
    assert "Not sent: somebody cancelled it" in page_of(lena, invitation)


def test_score_and_comment_stand_on_the_ticket_page_and_a_lead_follows_up(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    lead = browser(cast.amira)
    assert "no answer yet" in page_of(lead, invitation)
    taps(cast, invitation, 1)
    types(cast, "Nobody called <b>back</b>")
    shown = page_of(lead, invitation)
    assert "1 of 5" in shown
    assert "Nobody called &lt;b&gt;back&lt;/b&gt;" in shown
    assert "Nobody called" in lead.get(reverse("surveys:follow_ups")).content.decode()
    completion = reverse("surveys:completion", args=[FollowUp.objects.get().pk])
    browser(cast.lena).post(completion, {"note": "not mine"})
    lead.post(completion, {"note": ""})
    assert FollowUp.objects.get().state == FollowUpState.OPEN
    done = lead.post(completion, {"note": "Called her\0", "back": "list"})
    assert done["Location"] == reverse("surveys:follow_ups")
    assert FollowUp.objects.get().state == FollowUpState.DONE
    assert "Called her" in page_of(lead, invitation)
    assert "No low score is waiting" in lead.get(reverse("surveys:follow_ups")).content.decode()


def test_what_a_contact_answers_about_a_ticket_is_read_by_those_who_may_read_that_ticket(
    cast: House, journey: Journey, client: Client
) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 2)
    work()
    types(cast, "Finance was rude about my card")
    assert SurveyResponse.objects.get().comment
    journey.shift(dt.timedelta(days=8))
    later = helped(cast, "Another tent")
    assert later.pk != invitation.ticket_id
    Ticket.objects.filter(pk=invitation.ticket_id).update(team=cast.finance)

    def reads(who: User) -> list[bool]:
        client.force_login(who)
        page = str(client.get(f"/inbox/all/{later.pk}/").content, "utf-8")
        texts = querysets.messages(who).values_list("text", flat=True)
        assert "Another tent" in page
        return ["Finance was rude" in page, any("Finance was rude" in text for text in texts)]

    assert reads(cast.lena) == [False, False]
    assert reads(cast.jonas) == [True, True]
    thanks = querysets.messages(cast.lena).filter(purpose=Purpose.SURVEY_THANKS)
    assert thanks.count() == 1, "what speaks of no ticket is read by whoever reads one of the conversation"


def test_earlier_scores_stand_beside_a_ticket_for_those_who_may_open_those_tickets(
    cast: House, journey: Journey
) -> None:
    invitation = asked(cast, journey)
    taps(cast, invitation, 2)
    Ticket.objects.update(status="closed", closes_at=None)
    elsewhere = Inbox.objects.create(name="Brasil", channel="paper", team=cast.finance)
    contact = invitation.ticket.conversation.contact
    ContactIdentity.objects.create(contact=contact, inbox=elsewhere, kind="phone", value="353874120968")
    ticket = ticket_of(writes(elsewhere, "And my invoice?"))
    assert ticket.conversation.contact == contact
    for member in (cast.lena, person("fiona")):
        Membership.objects.create(user=member, team=cast.finance)

    def scores(reader: User) -> bool:
        page = browser(reader).get(reverse("inbox:ticket", args=["all", ticket.pk])).content.decode()
        return "Earlier scores" in page and "2 of 5" in page

    assert scores(cast.lena)
    assert scores(cast.jonas)
    assert not scores(User.objects.get(username="fiona")), "the returns desk's tickets are not hers to read"


def answers(survey: Survey, **changes: object) -> dict[str, object]:
    """Return what the form holds, with changes."""
    values: dict[str, object] = {
        "do": "save",
        "version": survey.version,
        "is_active": "on",
        "highest": 5,
        "delay": 120,
        "cap_days": 14,
        "sampling_percent": 50,
        "min_messages": 2,
    }
    for text in survey.texts.all():
        values[f"question_{text.language}"] = text.question
        values[f"thanks_{text.language}"] = text.thanks
        values[f"comment_prompt_{text.language}"] = text.comment_prompt
    return {**values, **changes}


def test_an_administrator_changes_a_survey_and_bad_values_say_what_is_wrong(cast: House) -> None:
    survey = Survey.objects.get(kind=SurveyKind.CSAT)
    address = reverse("setup:surveys_edit", args=[survey.pk])
    ada = browser(cast.ada)
    assert ada.get(reverse("setup:surveys")).status_code == 200
    assert ada.get(address).status_code == 200
    assert browser(cast.lena).get(address).status_code == 403
    refused = ada.post(address, answers(survey, delay=-1, question_de="x" * 161, sampling_percent=0))
    assert refused.status_code == 422
    assert "Write a whole number from 0 to 86400." in refused.content.decode()
    assert "Write a whole number from 1 to 100." in refused.content.decode()
    assert "This is 1 character too long. Shorten it." in refused.content.decode()
    refused = ada.post(address, answers(survey, thanks_fr="  "))
    assert "Write these words: contacts who speak French are asked with them." in refused.content.decode()
    assert ada.post(address, answers(survey, question_de="Wie war es?")).status_code == 302
    survey.refresh_from_db()
    assert (survey.delay, survey.cap_days, survey.min_messages) == (dt.timedelta(minutes=2), 14, 2)
    assert SurveyText.objects.get(survey=survey, language="de").question == "Wie war es?"
    ada.post(address, {key: value for key, value in answers(survey).items() if key != "is_active"})
    survey.refresh_from_db()
    assert survey.active_since is None
    assert [(event.version, event.actor, event.fields) for event in ConfigurationEvent.objects.order_by("pk")] == [
        (2, cast.ada, ["cap_days", "delay", "min_messages", "question_de", "sampling_percent"]),
        (3, cast.ada, ["active_since"]),
    ]


def test_whoever_saves_a_survey_second_is_told_and_keeps_what_they_typed(cast: House) -> None:
    survey = Survey.objects.get(kind=SurveyKind.CSAT)
    address = reverse("setup:surveys_edit", args=[survey.pk])
    ada, other = browser(cast.ada), browser(person("ben", Role.ADMIN))
    ada.post(address, answers(survey, question_de="Wie war es?"))
    late = other.post(address, answers(survey, question_de="Und?"), headers={"HX-Request": "true"})
    assert late.status_code == 409
    assert "Ada saved this page while you were editing." in late.content.decode()
    assert 'value="Und?"' in late.content.decode()
    assert SurveyText.objects.get(survey=survey, language="de").question == "Wie war es?"
    assert ConfigurationEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ("Wie zufrieden", "Auswählen", "Sehr zufrieden", "Vielen Dank", "Wenn Sie mögen", "weiterempfehlen")),
        ("fr", ("satisfait de notre aide", "Choisir", "Très satisfait", "Merci pour", "dites-nous", "recommandiez")),
        ("es", ("satisfecho con nuestra ayuda", "Elegir", "Muy satisfecho", "por su respuesta", "recomiende")),
    ],
)
def test_the_preview_plays_the_talk_in_each_language_as_the_form_has_it(
    cast: House, language: str, said: tuple[str, ...]
) -> None:
    survey = Survey.objects.get(kind=SurveyKind.CSAT)
    address = reverse("setup:surveys_edit", args=[survey.pk])
    ada = browser(cast.ada)
    shown = ada.post(address, answers(survey, do="look", shown=language)).content.decode()
    talk = shown[shown.index('id="preview"') :]
    for words in said:
        assert words in talk
    unsaved = ada.post(
        address, answers(survey, do="look", shown=language, highest=10, **{f"question_{language}": "Na?"})
    )
    talk = unsaved.content.decode()[unsaved.content.decode().index('id="preview"') :]
    assert "Na?" in talk
    assert talk.count("<li>") == 10
    survey.refresh_from_db()
    assert (survey.version, survey.highest) == (1, 5)


def test_a_question_keeps_the_scale_it_was_asked_with(cast: House, journey: Journey) -> None:
    invitation = asked(cast, journey)
    survey = Survey.objects.get(kind=SurveyKind.CSAT)
    browser(cast.ada).post(reverse("setup:surveys_edit", args=[survey.pk]), answers(survey, highest=10))
    taps(cast, invitation, 5)
    response = SurveyResponse.objects.get()
    assert (response.score, response.highest) == (5, 5)
    assert not FollowUp.objects.exists()
    assert types(cast, "8").outcome == Outcome.REOPENED


def test_whoever_follows_up_a_low_score_tells_the_contact_what_has_changed(cast: House, journey: Journey) -> None:
    taps(cast, asked(cast, journey), 1)
    address = reverse("surveys:answer", args=[FollowUp.objects.get().pk])
    browser(cast.lena).post(address)
    assert not Draft.objects.exists(), "Lena leads nobody"
    lead = browser(cast.amira)
    assert "Tell them what has changed" in lead.get(reverse("surveys:follow_ups")).content.decode()
    page = lead.post(address, follow=True).content.decode()
    assert "We have changed this: …" in page
    assert Ticket.objects.get().status == Status.OPEN
    Draft.objects.update(text="We have changed this: poles of steel.")
    lead.post(address)
    assert Draft.objects.get(user=cast.amira).text == "We have changed this: poles of steel.", "what was typed stays"
