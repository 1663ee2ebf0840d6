"""A word that agents put on tickets, and who knows what it speaks of."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    """One tag; two spellings that differ only in case are the same tag."""

    name = models.CharField(_("name"), max_length=40)
    is_skill = models.BooleanField(
        _("is a skill"),
        default=False,
        db_default=False,
        help_text=_("A ticket with this tag is given automatically only to somebody who has the skill."),
    )

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tickets_tag_name_once")]

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    """A person has a skill, in whichever of their teams they work."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skills")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="agent_skills")

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [models.UniqueConstraint(fields=["user", "tag"], name="tickets_agent_skill_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.tag_id}"
