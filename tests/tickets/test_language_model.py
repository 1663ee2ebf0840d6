"""The model of languages on disk says what the library that it is made from says, and may be missing."""

import subprocess
from collections.abc import Iterator

import pytest

from tickets import language_model, languages
from tickets.models import ContentType

SENTENCES = (
    "Wo ist mein Paket? Ich warte seit drei Tagen, und niemand antwortet.",
    "WHERE IS MY PARCEL",
    "Où est mon colis ? J’attends depuis lundi 😞",
    "¿Me podéis mandar la factura de nuevo?",
    "وصلني مقاس خاطئ من الحذاء، كيف أستبدله؟",
    "Gdzie jest moja paczka?",
    "Cafe\u0301 ou the\u0301",
    "\udce9 half a character",
    "%%%%",
    "",
)


def test_the_tables_on_disk_answer_as_the_library_does() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    library.set_languages(languages.CANDIDATES)
    ours = language_model.load(languages.CANDIDATES)
    for sentence in SENTENCES:
        language, confidence = library.classify(sentence)
        found, probability = ours.classify(sentence)
        assert found == language, sentence
        assert probability == pytest.approx(confidence, abs=1e-4), sentence


def test_a_language_that_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        language_model.load(("de", "xx"))


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ask for a language that does not exist, so that no model can be made."""
    monkeypatch.setattr(languages, "CANDIDATES", ("xx",))
    languages._load.cache_clear()
    yield
    languages._load.cache_clear()


@pytest.mark.usefixtures("no_model")
def test_without_the_model_no_language_is_told_and_messages_go_on() -> None:
    assert languages.detect("Wo ist mein Paket? Ich warte seit drei Tagen.", ContentType.TEXT) == ""
