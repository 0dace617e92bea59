"""`rasa data validate` is clean, and `rasa test core` passes stories that cover every branch.

Both call what the commands call. The policies are those of config.yml; the pipeline is left out,
because test stories name intents, so that training takes seconds.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import warnings
from pathlib import Path

import pytest
import yaml

# Rasa 3 says this of every domain that has slots (shared/core/slot_mappings.py).
ABOUT_EVERY_DOMAIN = "Slot auto-fill has been removed"
ROOT = Path(__file__).resolve().parents[2]
#: What a training reads: test stories that lie under data are not learned.
LEARNED = [str(ROOT / "data" / name) for name in ("nlu", "rules", "stories")]
#: Ours, and those that the house's trainers saved in the test console (training/trying/stories.py).
TESTED = (ROOT / "tests" / "stories", ROOT / "data" / "story_tests")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("dialogue") / "config.yml"
    path.write_text(yaml.safe_dump({**whole, "pipeline": []}), encoding="utf-8")
    return path


def warnings_of(domain: Path, config: Path) -> list[str]:
    """What `rasa data validate` warns of; Rasa's own flag for it lets unused intents pass.

    Raises:
        SystemExit: the project is invalid.
    """
    from rasa.cli.utils import validate_files
    from rasa.shared.importers.importer import TrainingDataImporter

    importer = TrainingDataImporter.load_from_config(str(config), str(domain), LEARNED)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        validate_files(True, None, importer)
    said = [str(w.message) for w in warned if issubclass(w.category, UserWarning)]
    return [message for message in said if not message.startswith(ABOUT_EVERY_DOMAIN)]


def test_the_project_validates_without_a_warning(config: Path) -> None:
    assert warnings_of(ROOT / "domain.yml", config) == []


def test_a_warning_would_be_seen(config: Path) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    domain["intents"].append({"nobody_says_this": {"use_entities": [], "kind": "topic"}})
    path = config.parent / "domain.yml"
    path.write_text(yaml.safe_dump(domain), encoding="utf-8")
    assert any("nobody_says_this" in message for message in warnings_of(path, config))


@pytest.mark.filterwarnings("ignore")
def test_all_test_stories_pass(config: Path) -> None:
    from rasa.model_testing import test_core
    from rasa.model_training import train_core

    learned, tested = config.parent / "learned", config.parent / "tested"
    for path in LEARNED:
        shutil.copytree(path, learned / Path(path).name)
    for folder in TESTED:
        shutil.copytree(folder, tested / folder.name)
    model = train_core(
        str(ROOT / "domain.yml"), str(config), str(learned), str(config.parent), "dialogue"
    )
    assert model is not None
    results = config.parent / "results"
    options = {"fail_on_prediction_errors": True, "disable_plotting": True}
    asyncio.run(test_core(model, str(tested), str(results), options))
    report = json.loads((results / "story_report.json").read_text(encoding="utf-8"))
    assert report["conversation_accuracy"]["correct"] >= 32
    assert report["conversation_accuracy"]["accuracy"] == 1.0


def test_the_stories_reach_every_action_and_every_kind_of_turn() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    steps = [
        step
        for path in sorted((ROOT / "tests" / "stories").glob("*.yml"))
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
        for step in story["steps"]
    ]
    run = {step["action"] for step in steps if "action" in step}
    expected = {name for name in domain["actions"] if not name.startswith("validate_")}
    assert run == expected | set(domain["forms"])
    heard = {step["intent"] for step in steps if "intent" in step}
    not_topics = {
        name
        for entry in domain["intents"]
        for name, properties in entry.items()
        if properties["kind"] != "topic"
    }
    assert heard >= not_topics
