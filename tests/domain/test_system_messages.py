"""Creating Service and Direct System Messages."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.notices import NOTICES, notice
from shared.domain.parameters import Agent, Customer, check_parameters
from shared.domain.system_messages import (
    BUILT_IN,
    SERVICE_ONLY,
    TO_AGENTS,
    SystemMessages,
    SystemMessageTexts,
    Wording,
    check_system_messages,
    wording,
)

CARLA = Customer("Carla Customer", "carla@example.org")
MARIO = Agent("mario", "Mario", "Mario", "Lunifico", "mario@lunifico.example")
SLOTS = [slot.name for slot in fields(SystemMessageTexts)]
TO_CUSTOMERS = [slot for slot in SLOTS if slot not in TO_AGENTS]


def own(display_name: str | None = None, **texts: SystemMessageTexts) -> SystemMessages:
    return SystemMessages("own", "service", "Own", "root", display_name=display_name, texts=texts)


# --- languages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "default", "chosen"),
    [
        ("en", "en", "en"),
        ("de", "en", "de"),
        ("fr", "en", "fr"),
        ("it", "ar", "ar"),
        ("it", "ja", "en"),
        ("", "", "en"),
    ],
)
def test_without_system_messages_the_built_in_texts_speak_the_best_language(
    asked: str, default: str, chosen: str
) -> None:
    texts = wording(None, asked, default).texts

    assert all(getattr(texts, slot) == getattr(BUILT_IN[chosen], slot) for slot in TO_CUSTOMERS)


@pytest.mark.parametrize(
    ("asked", "default", "chosen"), [("en", "de", "Hello"), ("de", "en", "Hallo"), ("fr", "de", "Hallo")]
)
def test_an_administrator_s_text_is_chosen_by_the_visitor_s_language_then_by_the_tenant_s(
    asked: str, default: str, chosen: str
) -> None:
    messages = own(en=SystemMessageTexts(waiting="Hello"), de=SystemMessageTexts(waiting="Hallo"))

    assert wording(messages, asked, default).texts.waiting == chosen


def test_a_language_of_the_administrator_s_own_is_used_although_there_are_no_built_in_texts_in_it() -> None:
    messages = own(it=SystemMessageTexts(waiting="Ciao"))

    assert wording(messages, "it", "en").texts.waiting == "Ciao"


def test_texts_in_neither_language_are_taken_in_english_else_in_the_first_there_is() -> None:
    french, italian = SystemMessageTexts(waiting="Bonjour"), SystemMessageTexts(waiting="Ciao")

    assert wording(own(fr=french, en=SystemMessageTexts(waiting="Hello")), "de", "it").texts.waiting == "Hello"
    assert wording(own(fr=french, it=italian), "de", "en").texts.waiting == "Bonjour"


def test_a_document_without_any_texts_leaves_the_built_in_ones() -> None:
    assert wording(own(), "de", "de").texts == BUILT_IN["de"]


def test_agents_read_the_tenant_s_language_whatever_the_customer_speaks() -> None:
    texts = wording(None, "de", "en").texts

    assert all(getattr(texts, slot) == getattr(BUILT_IN["en"], slot) for slot in TO_AGENTS)
    assert all(getattr(texts, slot) == getattr(BUILT_IN["de"], slot) for slot in TO_CUSTOMERS)


@pytest.mark.parametrize(
    ("asked", "default", "written", "gaps"),
    [("de", "en", "en", "en"), ("en", "de", "de", "de"), ("de", "fr", "fr", "fr"), ("de", "de", "it", "en")],
)
def test_gaps_are_filled_in_the_language_of_the_other_texts_so_that_a_session_speaks_one(
    asked: str, default: str, written: str, gaps: str
) -> None:
    messages = replace(own(), texts={written: SystemMessageTexts(waiting="Own")})

    assert wording(messages, asked, default).texts == replace(BUILT_IN[gaps], waiting="Own")


# --- gaps and emptied texts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slot", SLOTS)
def test_what_is_not_set_is_filled_with_the_built_in_text(slot: str) -> None:
    messages = own(en=replace(SystemMessageTexts(**dict.fromkeys(SLOTS, "Own")), **{slot: None}))

    texts = wording(messages, "en", "en").texts

    assert getattr(texts, slot) == getattr(BUILT_IN["en"], slot)
    assert all(getattr(texts, other) == "Own" for other in SLOTS if other != slot)


@pytest.mark.parametrize("slot", SLOTS)
def test_a_text_that_was_emptied_stays_empty(slot: str) -> None:
    messages = own(en=SystemMessageTexts(**{slot: ""}))

    assert wording(messages, "en", "en").text(slot, CARLA, MARIO) == ""


def test_a_text_of_which_only_blanks_are_left_counts_as_empty() -> None:
    texts = Wording(SystemMessageTexts(waiting=" $(User.DisplayName)\n"))

    assert texts.text("waiting", CARLA) == ""


@pytest.mark.parametrize("language", BUILT_IN)
def test_every_built_in_text_is_there_and_uses_known_parameters_only(language: str) -> None:
    for slot in SLOTS:
        text = getattr(BUILT_IN[language], slot)
        assert text
        assert check_parameters(text, slot) == ()


@pytest.mark.parametrize("language", NOTICES)
def test_notices_exist_in_every_language_of_the_built_in_texts(language: str) -> None:
    assert set(NOTICES) == set(BUILT_IN)
    assert NOTICES[language].keys() == NOTICES["en"].keys()


def test_a_notice_in_an_unknown_language_is_english() -> None:
    assert notice("undelivered", "it") == NOTICES["en"]["undelivered"]
    assert notice("undelivered", "de") != NOTICES["en"]["undelivered"]


# --- display name ----------------------------------------------------------------------------------------------------


def test_without_a_custom_display_name_the_user_s_current_one_is_shown() -> None:
    shown = wording(own(), "en", "en").shown(CARLA, MARIO)

    assert shown == MARIO


def test_a_custom_display_name_replaces_the_user_s_everywhere() -> None:
    texts = wording(own("Service desk", en=SystemMessageTexts(connected="This is $(User.DisplayName).")), "en", "en")

    assert texts.shown(CARLA, MARIO) == replace(MARIO, display_name="Service desk")
    assert texts.text("connected", CARLA, MARIO) == "This is Service desk."


def test_a_custom_display_name_may_be_built_from_parameters() -> None:
    texts = wording(own("$(User.FirstName) for $(Customer.DisplayName)"), "en", "en")

    shown = texts.shown(CARLA, MARIO)

    assert shown is not None
    assert shown.display_name == "Mario for Carla Customer"


def test_a_custom_display_name_may_hold_the_current_one() -> None:
    shown = wording(own("$(User.DisplayName), Lunifico"), "en", "en").shown(CARLA, MARIO)

    assert shown is not None
    assert shown.display_name == "Mario, Lunifico"


def test_a_custom_display_name_that_comes_out_empty_shows_the_current_one() -> None:
    shown = wording(own("$(User.FirstName)"), "en", "en").shown(CARLA, replace(MARIO, first_name=""))

    assert shown is not None
    assert shown.display_name == "Mario"


def test_nobody_is_shown_while_nobody_is_connected() -> None:
    assert wording(own("Service desk"), "en", "en").shown(CARLA, None) is None


@given(st.text(), st.sampled_from(SLOTS))
def test_a_customer_s_name_goes_into_every_text_as_typed(name: str, slot: str) -> None:
    texts = wording(
        own("$(Customer.DisplayName)", en=SystemMessageTexts(**{slot: "<$(User.DisplayName)>"})), "en", "en"
    )

    assert texts.text(slot, Customer(name, ""), MARIO) == f"<{name.strip() or 'Mario'}>"


# --- what is refused -------------------------------------------------------------------------------------------------


def test_system_messages_with_known_parameters_break_no_rule() -> None:
    messages = own("$(User.FirstName)", en=BUILT_IN["en"], de=BUILT_IN["de"])

    assert check_system_messages(messages) == ()


@pytest.mark.parametrize("slot", SERVICE_ONLY)
def test_texts_that_only_a_service_has_are_refused_in_direct_system_messages(slot: str) -> None:
    direct = replace(own(en=SystemMessageTexts(**{slot: "Text"})), kind="direct")
    emptied = replace(direct, texts={"en": SystemMessageTexts(**{slot: ""})})

    assert [(f.rule, f.field) for f in check_system_messages(direct)] == [("service_only", f"texts.en.{slot}")]
    assert check_system_messages(emptied) == ()
    assert check_system_messages(replace(direct, kind="service")) == ()


def test_the_other_texts_are_for_users_as_well() -> None:
    texts = SystemMessageTexts(**{slot: "Text" for slot in SLOTS if slot not in SERVICE_ONLY})

    assert check_system_messages(replace(own(en=texts), kind="direct")) == ()


def test_an_unknown_parameter_is_found_in_every_text_and_in_the_display_name() -> None:
    messages = own("$(User.Nick)", en=SystemMessageTexts(incoming="$(X)"), de=SystemMessageTexts(ended="$(Y)"))

    assert [(f.rule, f.field) for f in check_system_messages(messages)] == [
        ("parameter_unknown", "display_name"),
        ("parameter_unknown", "texts.en.incoming"),
        ("parameter_unknown", "texts.de.ended"),
    ]


def test_an_unknown_kind_is_refused() -> None:
    assert [f.rule for f in check_system_messages(replace(own(), kind="both"))] == ["kind_unknown"]
