"""Access tokens: encrypted at rest, masked everywhere, and keys can be changed."""

import copy
import logging
import pickle
import traceback

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.views.debug import ExceptionReporter
from pytest_django.fixtures import Settings

from channels_whatsapp.encryption import MASK, Secret, Undecryptable
from channels_whatsapp.models import WhatsAppNumber
from tests.cast import House
from tests.channels_whatsapp.conftest import SENTINEL

OLD, NEW = "old-key-0123456789-0123456789-0123456789", "new-key-0123456789-0123456789-0123456789"


def column() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM channels_whatsapp_whatsappnumber")
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_token(number: WhatsAppNumber) -> None:
    assert SENTINEL not in column()
    assert WhatsAppNumber.objects.get().access_token.reveal() == SENTINEL


def test_plain_text_given_to_the_column_is_encrypted(number: WhatsAppNumber) -> None:
    WhatsAppNumber.objects.update(access_token="another-token")
    assert "another-token" not in column()
    assert WhatsAppNumber.objects.get().access_token.reveal() == "another-token"


def test_saving_a_number_again_keeps_its_token(number: WhatsAppNumber) -> None:
    fetched = WhatsAppNumber.objects.get()
    before = column()
    fetched.save()
    assert column() == before


def test_the_same_token_is_never_encrypted_the_same_way_twice() -> None:
    assert Secret.of("x").ciphertext != Secret.of("x").ciphertext


def test_a_token_shows_itself_nowhere(number: WhatsAppNumber, caplog: pytest.LogCaptureFixture) -> None:
    token = WhatsAppNumber.objects.get().access_token
    logging.getLogger("any").warning("token %s %r %s", token, token, vars(number))
    shown = [str(token), repr(token), f"{token}", repr(vars(number)), caplog.text, repr(copy.deepcopy(token))]
    shown += [serializers.serialize("json", [number]), repr(pickle.dumps(token))]
    try:
        raise ValueError(token)
    except ValueError as error:
        shown.append("".join(traceback.format_exception(error)))
        report = ExceptionReporter(None, type(error), error, error.__traceback__)
        shown.append(report.get_traceback_html())
    assert all(SENTINEL not in text for text in shown)
    assert MASK in shown[0]


def test_the_admin_masks_the_token_and_an_empty_field_keeps_it(
    client: Client, cast: House, number: WhatsAppNumber
) -> None:
    cast.ada.is_superuser = True
    cast.ada.save()
    client.force_login(cast.ada)
    address = f"/admin/channels_whatsapp/whatsappnumber/{number.pk}/change/"
    page = client.get(address).content.decode()
    assert SENTINEL not in page
    assert column() not in page
    fields = {"inbox": cast.inbox.pk, "phone_number_id": "42", "waba_id": "", "display_number": "+49 1"}
    response = client.post(address, {**fields, "new_token": ""})
    assert response.status_code == 302
    changed = WhatsAppNumber.objects.get()
    assert (changed.phone_number_id, changed.access_token.reveal()) == ("42", SENTINEL)
    client.post(address, {**fields, "new_token": "renewed"})
    assert WhatsAppNumber.objects.get().access_token.reveal() == "renewed"


def test_a_new_number_in_the_admin_needs_a_token(client: Client, cast: House) -> None:
    cast.ada.is_superuser = True
    cast.ada.save()
    client.force_login(cast.ada)
    fields = {"inbox": cast.inbox.pk, "phone_number_id": "42", "waba_id": "", "display_number": "", "new_token": ""}
    response = client.post("/admin/channels_whatsapp/whatsappnumber/add/", fields)
    assert response.status_code == 200
    assert not WhatsAppNumber.objects.exists()


def test_keys_rotate_without_a_moment_in_which_a_token_cannot_be_read(
    number: WhatsAppNumber, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    WhatsAppNumber.objects.update(access_token=Secret.of(SENTINEL))
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert WhatsAppNumber.objects.get().access_token.reveal() == SENTINEL
    call_command("reencrypt_tokens")
    settings.ENCRYPTION_KEYS = [NEW]
    assert WhatsAppNumber.objects.get().access_token.reveal() == SENTINEL
    settings.ENCRYPTION_KEYS = [OLD]
    with pytest.raises(Undecryptable):
        WhatsAppNumber.objects.get().access_token.reveal()


def test_a_lost_key_is_reported_by_name_of_the_number_and_by_the_system_check(
    number: WhatsAppNumber, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="555000000"):
        call_command("reencrypt_tokens")
    with pytest.raises(Exception, match=r"channels_whatsapp\.E001"):
        call_command("check", databases=["default"])
