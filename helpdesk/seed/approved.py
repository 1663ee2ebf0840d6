"""The templates that WhatsApp has approved for the demo, and what each is used for."""

from channels_whatsapp import templates
from channels_whatsapp.models import WhatsAppNumber, WhatsAppTemplate
from tickets.models import Purpose

# Outside the reply window a question leaves only as one of these; both are in English, German and French.
QUESTIONS = ("satisfaction_survey", "recommendation_survey")


def assign_templates(number: WhatsAppNumber) -> int:
    """Fetch what is approved and give surveys theirs, as an administrator would; return how many may be sent."""
    templates.synchronise(number)
    mine = WhatsAppTemplate.objects.filter(waba_id=number.waba_id, name__in=QUESTIONS)
    return mine.update(purpose=Purpose.SURVEY)
