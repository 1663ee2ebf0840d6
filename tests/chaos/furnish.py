"""Furnish the database of a running stack: `python -m tests.chaos.furnish`, with the environment of its processes."""

import os

PASSWORD = "chaos-and-order"


def main() -> None:
    """Create the cast with a number that the simulator plays, and let Lena log in."""
    import django

    django.setup()
    from channels_whatsapp.numbers import connect_number
    from tests.cast import house

    cast = house("whatsapp")
    connect_number(
        inbox=cast.inbox,
        phone_number_id=os.environ["SIM_PHONE_NUMBER_ID"],
        waba_id=os.environ["SIM_WABA_ID"],
        display_number="+" + os.environ["SIM_DISPLAY_NUMBER"],
        access_token=os.environ["SIM_ACCESS_TOKEN"],
    )
    cast.lena.set_password(PASSWORD)
    cast.lena.save()


if __name__ == "__main__":
    main()
