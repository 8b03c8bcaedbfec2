"""Instant Messaging: chat, handled by a user directly or by a service's workflow."""

from __future__ import annotations

from shared.domain.modalities.modality import Modality

INSTANT_MESSAGING = Modality(id="instantMessaging", title="Instant Messaging", workflow_type="instantMessaging")
