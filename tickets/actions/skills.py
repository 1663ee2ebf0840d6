"""Say which tags are skills."""

from agents.models import User
from tickets.actions.base import action, now
from tickets.actions.configuration import require_configurer
from tickets.models import ConfigurationEvent, ConfigurationVerb, Tag


@action
def mark(*, actor: User, tag_id: int, on: bool) -> Tag:
    """Make a tag a skill from now on, or one no longer; who has it keeps it for the day it is one again.

    Raises NotAllowed and Tag.DoesNotExist.
    """
    require_configurer(actor)
    tag = Tag.objects.select_for_update(no_key=True).get(pk=tag_id)
    if tag.is_skill != on:
        tag.is_skill = on
        tag.save(update_fields=["is_skill"])
        ConfigurationEvent.objects.create(
            subject="tag",
            subject_id=tag.pk,
            version=0,
            verb=ConfigurationVerb.CHANGED,
            fields=["is_skill"],
            actor=actor,
            occurred_at=now(),
        )
    return tag
