"""What the busy hour came to, counted in the database and compared with what the simulator noted."""

from collections.abc import Collection
from dataclasses import dataclass

from helpdesk.busy_hour.phones import Phones
from surveys.models import SurveyResponse
from tickets.models import Message, MessageKind, Ticket


@dataclass(frozen=True)
class Summary:
    """Counts of both sides; `missing` and `doubled` name what does not agree."""

    written: int
    stored: int
    sent: int
    received: int
    tickets: int
    scores: int
    missing: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether each message of either side is on the other exactly once."""
        return not self.missing and not self.doubled


def summarise(phones: Phones) -> Summary:
    """Compare message by message, by WhatsApp's ids."""
    numbers = phones.by_phone.keys()
    inbound, _next = phones.simulator.log("inbound", phones.began["inbound"])
    outbound, _next = phones.simulator.log("accepted_send", phones.began["accepted_send"])
    written = [str(entry["message"]["id"]) for entry in inbound if entry["wa_id"] in numbers]
    received = [str(entry["wamid"]) for entry in outbound if str(entry["to"]) in numbers]
    stored = _ids(written, MessageKind.INBOUND)
    sent = _ids(received, MessageKind.OUTBOUND)
    both = ((written, stored), (received, sent))
    of_ours = {"conversation__contact__identities__value__in": numbers}
    return Summary(
        written=len(written),
        stored=len(stored),
        sent=len(sent),
        received=len(received),
        tickets=Ticket.objects.filter(**of_ours).distinct().count(),
        scores=SurveyResponse.objects.filter(
            invitation__ticket__conversation__contact__identities__value__in=numbers
        ).count(),
        missing=tuple(one for theirs, ours in both for one in sorted(set(theirs) - set(ours))),
        doubled=tuple(one for pair in both for ids in pair for one in sorted({i for i in ids if ids.count(i) > 1})),
    )


def _ids(ids: Collection[str], kind: MessageKind) -> list[str]:
    found = Message.objects.filter(external_id__in=ids, kind=kind).values_list("external_id", flat=True)
    return [one for one in found if one]
