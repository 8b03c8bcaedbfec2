"""Modalities: the ways in which a customer and a user can talk. One file each, one line in `MODALITIES`."""

from __future__ import annotations

from shared.domain.modalities.audio_video import AUDIO_VIDEO
from shared.domain.modalities.instant_messaging import INSTANT_MESSAGING
from shared.domain.modalities.modality import Modality

MODALITIES: dict[str, Modality] = {modality.id: modality for modality in (INSTANT_MESSAGING, AUDIO_VIDEO)}

__all__ = ["AUDIO_VIDEO", "INSTANT_MESSAGING", "MODALITIES", "Modality"]
