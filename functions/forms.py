"""The visitor's form as the application takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.widget_bodies import FormBody
    from shared.application.starts import Start
    from shared.domain.sessions import ContactReference


def contact_of(body: FormBody) -> ContactReference:
    """The contact that the form is for; raises InvalidRequest unless it names exactly one."""
    from shared.application.starts import contact_reference

    return contact_reference(body.service_id, body.contact_id)


def start_of(body: FormBody) -> Start:
    """The form, whatever it starts; raises InvalidRequest where it names no contact or two."""
    from shared.application.starts import Start
    from shared.domain.parameters import Customer

    return Start(
        widget_key=body.widget_key,
        contact=contact_of(body),
        modality=body.modality,
        customer=Customer(body.customer.display_name, body.customer.email),
        message=body.message,
        idempotency_key=body.idempotency_key,
        language=language_of(body.language),
        parameters=dict(body.parameters),
        challenge_token=body.challenge_token,
        access_token=body.access_token,
        consent=body.consent,
    )


def language_of(tag: str | None) -> str | None:
    """The language of a BCP 47 tag: of `de-CH` it is `de`."""
    return tag.partition("-")[0].lower() if tag else None
