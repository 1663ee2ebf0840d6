"""The templates that WhatsApp has approved for the demo, and what each is used for."""

from channels_whatsapp import templates
from channels_whatsapp.models import WhatsAppNumber, WhatsAppTemplate
from tickets.models import Purpose

# Outside the reply window a question leaves only as one of these; both are in English, German and French.
QUESTIONS = ("satisfaction_survey", "recommendation_survey")
# What stands in the places of those that agents choose from.
VARIABLES = {
    "ticket_update": ["name", "ticket_number"],
    "ticket_received": ["name", "ticket_number"],
    "ask_to_continue": ["name"],
}


def assign_templates(number: WhatsAppNumber) -> int:
    """Fetch what is approved, name its variables and give surveys theirs; return how many are for surveys."""
    templates.synchronise(number)
    for name, variables in VARIABLES.items():
        WhatsAppTemplate.objects.filter(waba_id=number.waba_id, name=name).update(variables=variables)
    mine = WhatsAppTemplate.objects.filter(waba_id=number.waba_id, name__in=QUESTIONS)
    return mine.update(purpose=Purpose.SURVEY)
