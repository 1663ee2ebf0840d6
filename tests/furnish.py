"""Furnish the database of a running stack: `python -m tests.furnish`, with the environment of its processes."""

import os

PASSWORD = "chaos-and-order"


def main() -> None:
    """Create the cast, who can log in, with a number that the simulator plays, a rule and some quick replies."""
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password

    from agents.models import Membership, User
    from channels_whatsapp.numbers import connect_number
    from tests.cast import house
    from tickets.actions.rules import RuleDraft, create_rule
    from tickets.models import QuickReply

    cast = house("whatsapp")
    connect_number(
        inbox=cast.inbox,
        phone_number_id=os.environ["SIM_PHONE_NUMBER_ID"],
        waba_id=os.environ["SIM_WABA_ID"],
        display_number="+" + os.environ["SIM_DISPLAY_NUMBER"],
        access_token=os.environ["SIM_ACCESS_TOKEN"],
    )
    Membership.objects.create(user=cast.amira, team=cast.finance, is_lead=True)
    User.objects.update(password=make_password(PASSWORD))
    create_rule(
        actor=cast.ada, draft=RuleDraft(name="Money", keywords=("Abrechnung", "Rechnung"), team_id=cast.finance.pk)
    )
    QuickReply.objects.create(shortcut="hello", text="Hello {name}, {agent} here.")
    QuickReply.objects.create(shortcut="ship-times", text="Standard delivery takes 2 to 4 working days.")
    QuickReply.objects.create(shortcut="ship-express", text="I have upgraded your parcel to express.")


if __name__ == "__main__":
    main()
