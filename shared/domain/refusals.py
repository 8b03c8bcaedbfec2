"""The codes of refusals: why a widget, a site token or a preview link is not let in, in the order of the rules."""

from __future__ import annotations

from enum import StrEnum


class RefusalCode(StrEnum):
    """Why a widget is refused."""

    WIDGET_KEY_UNKNOWN = "widget_key_unknown"
    TENANT_SUSPENDED = "tenant_suspended"
    INTERACT_DISABLED = "interact_disabled"
    INSTANT_MESSAGING_DISABLED = "instant_messaging_disabled"
    CONTACT_UNKNOWN = "contact_unknown"
    CONTACT_NOT_LICENSED = "contact_not_licensed"
    SERVICE_LICENCE_MISSING = "service_licence_missing"
    CONTACT_INACTIVE = "contact_inactive"
    MODALITY_DISABLED = "modality_disabled"
    MODALITY_NOT_EXPOSED = "modality_not_exposed"
    WORKFLOW_MISSING = "workflow_missing"
    DOMAIN_TEMPLATE_MISSING = "domain_template_missing"
    ORIGIN_MISSING = "origin_missing"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"


class SiteTokenCode(StrEnum):
    """Why the token with which a site vouches for a visitor is refused."""

    MISSING = "site_token_missing"
    MALFORMED = "site_token_malformed"
    ALGORITHM = "site_token_algorithm"
    KEY_UNKNOWN = "site_token_key_unknown"
    KEY_UNUSABLE = "site_key_unusable"
    SIGNATURE = "site_token_signature"
    INCOMPLETE = "site_token_incomplete"
    ISSUER = "site_token_issuer"
    AUDIENCE = "site_token_audience"
    EXPIRED = "site_token_expired"
    NOT_YET_VALID = "site_token_not_yet_valid"
    LIFETIME = "site_token_lifetime"
    SCOPE = "site_token_scope"
    USED = "site_token_used"


class PreviewCode(StrEnum):
    """Why the pass of a preview link is refused."""

    INVALID = "preview_pass_invalid"
    EXPIRED = "preview_pass_expired"
    FOREIGN = "preview_pass_foreign"
    ORIGIN = "preview_pass_origin"
    REVOKED = "preview_pass_revoked"
