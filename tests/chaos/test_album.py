"""First messages that arrive side by side through the real webhook: one ticket for each customer."""

from collections import Counter
from functools import partial

from tests.chaos.auditor import Auditor
from tests.chaos.load import customers, post, text_body, together
from tests.stack import RunningStack

OF_PHONES = """
SELECT i.value, t.id AS ticket, m.external_id FROM tickets_contactidentity i
JOIN tickets_conversation c ON c.contact_id = i.contact_id JOIN tickets_ticket t ON t.conversation_id = c.id
JOIN tickets_message m ON m.ticket_id = t.id WHERE i.kind = 'phone' AND i.value = ANY(%(phones)s)
"""


def test_albums_of_forty_new_customers_are_forty_tickets(stack: RunningStack, auditor: Auditor) -> None:
    phones = customers(40)
    for phone in phones:
        album = [text_body(stack, phone, f"photo {part}") for part in range(4)]
        assert [answer.status for answer in together([partial(post, stack, body) for body in album])] == [200] * 4
    auditor.wait_until_quiet(within=60)
    found = auditor.rows(OF_PHONES, phones=phones)
    assert len({row["ticket"] for row in found}) == 40
    assert len({row["external_id"] for row in found}) == len(found) == 160
    assert set(Counter(row["ticket"] for row in found).values()) == {4}
    auditor.everything_holds()


def test_ten_copies_at_once_are_one_message(stack: RunningStack, auditor: Auditor) -> None:
    for phone in customers(5):
        body = text_body(stack, phone, "once")
        answers = together([partial(post, stack, body)] * 10)
        assert [answer.status for answer in answers] == [200] * 10
        auditor.wait_until_quiet(within=60)
        assert len(auditor.rows(OF_PHONES, phones=[phone])) == 1
    auditor.everything_holds()
