"""Every room's tables in one metadata, for migrations and tests."""

from __future__ import annotations

import business.models
import conversations.files.models
import conversations.models
import handoff.alerts.models
import handoff.cases.models
import handoff.customers.models
import handoff.library.models
import handoff.models
import handoff.practice.models
import handoff.teams.models
import knowledge_base.models
import server.auth
import server.mail.models
import training.health.models
import training.models
import training.mood_replay.models
import training.opinions.models
import training.promoting.models
import training.review.models
import training.shadowing.models
import training.suspects.models
import widget.models
from server.database import Base

metadata = Base.metadata

ROOMS = (
    business.models,
    conversations.files.models,
    conversations.models,
    handoff.alerts.models,
    handoff.cases.models,
    handoff.customers.models,
    handoff.library.models,
    handoff.models,
    handoff.practice.models,
    handoff.teams.models,
    knowledge_base.models,
    server.auth,
    server.mail.models,
    training.health.models,
    training.mood_replay.models,
    training.models,
    training.opinions.models,
    training.promoting.models,
    training.review.models,
    training.shadowing.models,
    training.suspects.models,
    widget.models,
)
