"""Tell contacts that somebody has read what they wrote: a courtesy, told once at most and never repeated."""

from django.db import connection

from tickets import wake
from tickets.channels import get_channel
from tickets.models import Message

TELL_READ = "tickets.tasks.tell_read"
NOTE = """
INSERT INTO tickets_readreceipt (conversation_id, message_id, is_told)
SELECT m.conversation_id, m.id, false
FROM tickets_message m JOIN tickets_inbox i ON i.id = m.inbox_id
WHERE m.ticket_id = %s AND m.kind = 'inbound' AND m.external_id IS NOT NULL AND i.sends_read_receipts
ORDER BY m.seq DESC LIMIT 1
ON CONFLICT (conversation_id) DO UPDATE SET message_id = EXCLUDED.message_id, is_told = false
WHERE tickets_readreceipt.message_id < EXCLUDED.message_id
"""
CLAIM = """
UPDATE tickets_readreceipt SET is_told = true
WHERE NOT is_told AND conversation_id = (
  SELECT conversation_id FROM tickets_readreceipt WHERE NOT is_told
  ORDER BY conversation_id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING message_id
"""


def note(ticket_id: int) -> bool:
    """Note that an agent has a ticket before their eyes; return whether the contact will hear of it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [ticket_id])
        is_news = bool(cursor.rowcount == 1)
    if is_news:
        wake.wake(TELL_READ)
    return is_news


def tell_next() -> bool:
    """Tell one contact; return whether there may be more. Committed before it is told: a crash tells nobody twice."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM)
        row = cursor.fetchone()
    if row is None:
        return False
    message = Message.objects.select_related("inbox").get(pk=row[0])
    channel = get_channel(message.inbox)
    if channel.capabilities.receipts:
        channel.show_read(message)
    return True
