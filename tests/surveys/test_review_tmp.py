import datetime as dt
import pytest, time_machine
from agents.models import *
from surveys import invitations
from surveys.models import *
from tests.cast import *
from tests.paper import paper
from tests.surveys.conftest import *
from tests.tickets.test_outbox import drain, reply, NINE
from tickets import consent, intake
from tickets.actions import lifecycle, triage
from tickets.models import *
from tickets.models import Purpose
pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("t", ["STOP","Stop.","stop!","STOP!!!","„STOP“","Abmelden!","abbestellen.","Arrêt !","ARRÊTER.","arrêt\u00a0!","¡Baja!","Parar…","BAJA","Disiscrivimi!","stop?","Stop 🙏","STOP,","(stop)","stop;","Désabonner.","*stop*","Stop\n","s t o p", "opt out!", "Keine Umfragen mehr", "STOP\u200b", "no mas encuestas", "desinscription", "Stopp bitte"])
def test_stop(t):
    print(repr(t), consent.wish_in(t))

def test_how_many_two_days_later(cast, journey):
    inv = asked(cast, journey)
    journey.shift(dt.timedelta(days=2))
    types(cast, "It broke again")
    reply(cast, inv.ticket, "How many?")
    r = types(cast, "5"); print(r.outcome); assert not SurveyResponse.objects.exists()

def test_agent_asked_before_survey_in_same_ticket(cast, journey):
    # agent's question queued, ticket resolved, survey; "5" after survey
    inv = asked(cast, journey)
    reply(cast, inv.ticket, "How many?") if False else None
    r = types(cast, "5"); print(r.outcome)

def test_answer_and_new_question_same_moment(cast, journey):
    inv = asked(cast, journey)
    a = types(cast, "5"); b = types(cast, "Where is my refund?")
    print(a.outcome, b.outcome, Ticket.objects.count(), Ticket.objects.get().status)
    c = types(cast, "4"); print("then 4:", c.outcome, SurveyResponse.objects.get().score)

def test_reopen_between_tap_and_comment(cast, journey):
    inv = asked(cast, journey)
    taps(cast, inv, 4)
    types(cast, "Where is it?")
    r = types(cast, "All was slow"); print(r.outcome, SurveyResponse.objects.get().comment)

def test_nps_cancelled_on_reopen(cast, journey):
    inv = asked(cast, journey)
    taps(cast, inv, 4)
    types(cast, "Where is it?")
    journey.shift(MINUTE); work()
    for i in SurveyInvitation.objects.all(): print(i.survey.kind, i.state, i.reason)

def test_stop_then_start_resurvey(cast, journey):
    inv = invited(helped(cast))
    types(cast, "STOP"); print(SurveyInvitation.objects.get().state)
    types(cast, "START")
    journey.shift(MINUTE); work(); inv.refresh_from_db(); print(inv.state, inv.reason, paper.texts)

def test_cap_across_two_inboxes(cast, journey):
    inv = asked(cast, journey)
    other = Inbox.objects.create(name="B", channel="paper", team=cast.returns)
    c = inv.ticket.conversation.contact
    ContactIdentity.objects.create(contact=c, inbox=other, kind="phone", value="353874120968")
    t = ticket_of(writes(other, "hi there"))
    reply(cast, t); drain(); lifecycle.resolve(actor=cast.lena, ticket_id=t.pk, seen_seq=newest_seq(t))
    i2 = invited(t); print(i2.state, i2.reason)

def test_low_score_without_lead(cast, journey):
    Membership.objects.filter(is_lead=True).delete()
    inv = asked(cast, journey); taps(cast, inv, 1)
    print(list(Notification.objects.values_list("user__username","kind")))

def test_low_score_lead_deactivated(cast, journey):
    User.objects.filter(pk=cast.amira.pk).update(is_active=False)
    inv = asked(cast, journey); taps(cast, inv, 1)
    print(list(Notification.objects.values_list("user__username","kind")))

def test_merge(cast, journey):
    inv = asked(cast, journey)
    taps(cast, inv, 4)
    print([n for n in dir(triage) if "merge" in n])

def test_tap_after_switch_off(cast, journey):
    inv = asked(cast, journey)
    Survey.objects.update(active_since=None)
    r = taps(cast, inv, 4); print(r.outcome, SurveyResponse.objects.count())

def test_nps_while_csat_pending_number(cast, journey):
    inv = asked(cast, journey); taps(cast, inv, 4); journey.shift(MINUTE); work()
    r = types(cast, "8"); print(r.outcome, [(x.invitation.survey.kind, x.score) for x in SurveyResponse.objects.all()])
    r = types(cast, "was great"); print(r.outcome, [(x.invitation.survey.kind, x.comment) for x in SurveyResponse.objects.all()])
    r = types(cast, "3"); print(r.outcome, [(x.invitation.survey.kind, x.score) for x in SurveyResponse.objects.all()])
