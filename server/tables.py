"""Every room's tables in one metadata, for migrations and tests."""

from __future__ import annotations

import business.models
import conversations.models
import handoff.models
import knowledge_base.models
import server.auth
import training.models
from server.database import Base

metadata = Base.metadata

ROOMS = (
    business.models,
    conversations.models,
    handoff.models,
    knowledge_base.models,
    server.auth,
    training.models,
)
