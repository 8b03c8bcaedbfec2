"""Audio/Video: calls with screen sharing, with the guide's limitations of workflow activities."""

from __future__ import annotations

from shared.domain.modalities.modality import Modality

AUDIO_VIDEO = Modality(
    id="audioVideo",
    title="Audio/Video",
    workflow_type="audioVideo",
    unsupported_activities=frozenset({"voice_message", "customer_input"}),
)
