"""What every component's class says in the same words."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from typing_extensions import Self


class Component(GraphComponent):  # type: ignore[misc]
    """A component that needs no more than its configuration.

    Rasa reads the annotations of methods with `typing.get_type_hints` when it checks the graph, so
    subclasses annotate with names that exist on Python 3.10 at run time.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(config)
