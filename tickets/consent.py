"""Whether a contact wants surveys and the like: read at the moment of sending, written when they say so."""

import datetime as dt
import re

from tickets.folding import fold
from tickets.models import ConsentChange, Contact, Message, MessageKind, MessageState, Purpose, Wish, WishSource

# What is not sent to somebody who said STOP. Replies, acknowledgements and the answer to STOP itself are.
BOUND = (Purpose.SURVEY, Purpose.SURVEY_THANKS)
# A whole message and nothing else: "please stop the parcel" is a request.
STOP = """
    stop|stopp|stop all|stopall|unsubscribe|opt out|opt-out|no surveys|stop surveys
    abmelden|abbestellen|austragen|keine umfragen|keine umfrage
    arrêt|arret|arrêter|désabonner|desabonner|désinscription|pas d'enquête|plus d'enquête
    parar|baja|darme de baja|no más encuestas|sin encuestas
    disiscrivimi|disiscrizione|cancellami|niente sondaggi
"""
START = """
    start|subscribe|opt in|opt-in
    anmelden|wieder anmelden
    reprendre|réabonner
    alta|darme de alta|reanudar
    iscrivimi|riprendi
"""
WISHES = {
    fold(phrase).text: wish
    for wish, text in ((Wish.STOP, STOP), (Wish.START, START))
    for phrase in re.split(r"\s*[|\n]\s*", text)
    if phrase
}
# Around the word everything may stand that is neither letter nor digit; a question is for a person.
QUESTION_MARKS = "?？؟"


def wish_in(text: str) -> Wish | None:
    """Return what a whole message asks for: STOP or START, in five languages."""
    if len(text) > 40:
        return None
    words = fold(text).text
    begin, end = 0, len(words)
    while begin < end and _is_rim(words[begin]):
        begin += 1
    while end > begin and _is_rim(words[end - 1]):
        end -= 1
    return WISHES.get(words[begin:end])


def _is_rim(char: str) -> bool:
    return not char.isalnum() and char not in QUESTION_MARKS


def refuses(contact_id: int) -> bool:
    """Say whether this contact wants no automatic messages; by their own clock the newest word holds."""
    newest = ConsentChange.objects.filter(contact_id=contact_id).order_by("-occurred_at", "-pk").first()
    return newest is not None and newest.wish == Wish.STOP


def withholds(message: Message) -> bool:
    """Say whether a message of ours must not leave because its contact does not want it."""
    return message.purpose in BOUND and refuses(message.conversation.contact_id)


def note(
    *,
    contact: Contact,
    wish: Wish,
    source: WishSource,
    occurred_at: dt.datetime,
    at: dt.datetime,
    message: Message | None = None,
) -> None:
    """Write down what a contact wants, and stop what is still in the outbox. The contact must be locked."""
    ConsentChange.objects.create(
        contact=contact,
        wish=wish,
        source=source,
        message=message,
        occurred_at=min(occurred_at, at),
        recorded_at=at,
    )
    if wish == Wish.STOP:
        # What a worker has claimed by now is looked at once more just before it leaves.
        Message.objects.filter(
            conversation__contact=contact,
            kind=MessageKind.OUTBOUND,
            purpose__in=BOUND,
            state=MessageState.QUEUED,
        ).update(state=MessageState.CANCELLED, error_code="opted_out")
