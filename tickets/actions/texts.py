"""Change what the house says by itself."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import User
from tickets import placeholders
from tickets.actions.base import action, now
from tickets.actions.configuration import mark_changed, record, require_configurer, require_fresh
from tickets.errors import Refused
from tickets.matching import wants_human
from tickets.models import ALWAYS_SAID, AutomaticText, Inbox, TextKind


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in names)


def complaints(kind: str, text: str) -> list[str]:
    """Say what is wrong with a text, and how to put it right; nothing when it can be sent."""
    words = text.strip()
    if not words:
        return [_("Write something. To say nothing at all, switch this kind off.")]
    found = []
    over = len(words) - AutomaticText.MAX_LENGTH
    if over > 0:
        found.append(
            ngettext(
                "The text is %(count)d character too long. Shorten it.",
                "The text is %(count)d characters too long. Shorten it.",
                over,
            )
            % {"count": over}
        )
    flaws = placeholders.flaws(kind, words)
    if flaws.unknown:
        found.append(
            _("%(names)s cannot be filled in. Use one of these: %(allowed)s.")
            % {"names": _listed(flaws.unknown), "allowed": _listed(placeholders.ALLOWED)}
        )
    found.extend(
        _("%(name)s is missing. Put it where the contact shall read it.") % {"name": _listed((name,))}
        for name in flaws.missing
    )
    if kind == TextKind.BOT_HINT and not wants_human(words):
        found.append(_("Name a word that reaches a person, such as “agent”."))
    if flaws.stray:
        found.append(_("There are braces that belong to no placeholder. Write them like {{name}}, or take them away."))
    return found


@action
def change(*, actor: User, text_id: int, version: int, text: str) -> AutomaticText:
    """Replace the words of one text. Raises NotAllowed, StaleEdit, and Refused for words that cannot be sent."""
    require_configurer(actor)
    row = (
        AutomaticText.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by").get(pk=text_id)
    )
    require_fresh(row, version)
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    wrong = complaints(row.kind, text)
    if wrong:
        raise Refused(wrong[0])
    row.text = text
    at = now()
    mark_changed(row, actor, at)
    row.save()
    record(row, actor, at, fields=["text"])
    return row


@action
def switch(*, actor: User, kind: TextKind, on: bool) -> None:
    """Send the texts of a kind from now on, or no longer. Raises NotAllowed, and Refused for what must be said."""
    require_configurer(actor)
    if kind in ALWAYS_SAID and not on:
        raise Refused(_("This is said below each answer of a bot, and cannot be switched off."))
    for row in AutomaticText.objects.select_for_update(no_key=True).filter(kind=kind).exclude(is_active=on):
        row.is_active = on
        at = now()
        mark_changed(row, actor, at)
        row.save()
        record(row, actor, at, fields=["is_active"])


@action
def switch_inbox(*, actor: User, inbox_id: int, on: bool) -> Inbox:
    """Let an inbox send automatic texts, or keep silent. Raises NotAllowed."""
    require_configurer(actor)
    inbox = Inbox.objects.select_for_update(no_key=True).get(pk=inbox_id)
    inbox.acknowledges = on
    inbox.save(update_fields=["acknowledges"])
    return inbox


@action
def limit_bots(*, actor: User, inbox_id: int, most: int) -> Inbox:
    """Let bots answer so many times in a row in an inbox before people take over. Raises NotAllowed and Refused."""
    require_configurer(actor)
    if not 1 <= most <= 10:
        raise Refused(_("Let a bot answer between 1 and 10 times in a row, such as 2."))
    inbox = Inbox.objects.select_for_update(no_key=True).get(pk=inbox_id)
    inbox.bot_replies_at_most = most
    inbox.save(update_fields=["bot_replies_at_most"])
    return inbox
