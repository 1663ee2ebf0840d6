"""The words that ship, within the limits of the channel."""

import pytest

from surveys.defaults import install
from surveys.models import QUESTION_LENGTH, Survey, SurveyKind, TextLanguage
from surveys.words import NAMES, WORDS, language_for, options, score_of


@pytest.mark.django_db
def test_a_new_installation_has_both_surveys_switched_off_in_five_languages() -> None:
    install()
    for kind in SurveyKind:
        survey = Survey.objects.get(kind=kind)
        assert survey.active_since is None
        assert {text.language for text in survey.texts.all()} == set(TextLanguage.values)


def test_questions_are_short_and_answers_fit_a_list() -> None:
    for languages in WORDS.values():
        assert all(len(words.question) <= QUESTION_LENGTH for words in languages.values())
    for language in TextLanguage.values:
        for highest in (5, 10):
            choices = options("f" * 36, highest, language)["choices"]
            assert isinstance(choices, dict)
            assert len(choices["button"]) <= 20
            assert len(choices["options"]) == highest
            for option in choices["options"]:
                assert len(option["id"]) <= 200
                assert len(option["title"]) <= 24
                assert len(option.get("description", "")) <= 72
            assert score_of(choices["options"][0]["id"]) == ("f" * 36, highest)
    assert set(NAMES) == set(TextLanguage.values)


@pytest.mark.parametrize(
    "choice", ["", "survey", "survey:", "survey:x", "survey:x:", "survey:x:5a", "menu:x:5", "survey:x:٥"]
)
def test_a_foreign_choice_is_no_answer(choice: str) -> None:
    assert score_of(choice) is None


def test_who_speaks_no_language_of_ours_is_asked_in_that_of_the_house() -> None:
    texts = {"en", "de", "fr"}
    assert language_for("de-AT", texts) == "de"
    assert language_for("ar", texts) == "en"
    assert language_for("", {"fr"}) == "fr"
