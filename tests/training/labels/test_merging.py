"""What two branches label comes together in git: by itself in most cases, and to the bytes of one branch."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from training import domain
from training.comparing import golden
from training.files import replace_all
from training.nlu_files import Example, NluFolder, NotReadable

ROOT = Path(__file__).parents[3]


class Repository:
    """A clone of the house's training data, with git."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        shutil.copytree(ROOT / "data" / "nlu", folder / "data" / "nlu")
        shutil.copytree(ROOT / "data" / "rules", folder / "data" / "rules")
        shutil.copy(ROOT / "domain.yml", folder / "domain.yml")
        self.nlu = NluFolder(folder / "data" / "nlu", folder.parent / "nlu.lock")
        self.git("init", "-q", "-b", "main")
        self.commit("as shipped")

    def git(self, *words: str) -> bool:
        who = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        for role in ("AUTHOR", "COMMITTER"):
            who |= {f"GIT_{role}_NAME": "Tess", f"GIT_{role}_EMAIL": "tess@shop.example"}
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={**os.environ, **who},
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def commit(self, message: str) -> None:
        assert self.git("add", "-A") and self.git("commit", "-q", "-m", message)

    def branch(self, name: str, examples: list[Example], start: str = "main") -> None:
        assert self.git("checkout", "-q", "-B", name, start)
        self.nlu.add(examples)
        self.commit(name)

    def tree(self) -> dict[str, bytes]:
        folder = self.root / "data" / "nlu"
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "house")


def a_day_each(seed: int, count: int) -> tuple[list[Example], list[Example]]:
    """What two trainers label on the same day, of messages that are real enough: the golden set's."""
    messages = golden.read(ROOT / "data" / "golden" / "intents.yml")
    chosen = random.Random(seed).sample(messages, 2 * count)
    return chosen[:count], chosen[count:]


def test_two_branches_that_label_different_messages_merge_to_the_bytes_of_one(
    repository: Repository,
) -> None:
    clean = 0
    for seed in range(3):
        one, other = a_day_each(seed, 20)
        repository.branch("one", one)
        repository.branch("other", other)
        if repository.git("merge", "-q", "--no-edit", "one"):
            clean += 1
            merged = repository.tree()
            repository.branch("both", [*other, *one])
            assert merged == repository.tree()
        else:
            with pytest.raises(NotReadable, match=r"data/nlu/\w+\.yml, line \d+: a merge"):
                repository.nlu.examples()
            assert repository.git("merge", "--abort")
    assert clean >= 2


def test_the_same_label_on_both_branches_is_one_line(repository: Repository) -> None:
    same = [
        Example("gift_card", "can a gift card be sent by e-mail"),
        Example("thanks", "nice one"),
    ]
    repository.branch("one", same)
    repository.branch("other", same[::-1])
    assert repository.git("merge", "-q", "--no-edit", "one")
    texts = [example.text for example in repository.nlu.examples()]
    assert [texts.count(example.text) for example in same] == [1, 1]


def test_new_intents_of_two_branches_merge(repository: Repository) -> None:
    for branch, name in (("one", "gift_wrapping"), ("other", "parcel_shop")):
        assert repository.git("checkout", "-q", "-B", branch, "main")
        root = repository.root
        replace_all(domain.files_with(root / "domain.yml", root / "data" / "rules", name))
        repository.nlu.add([Example(name, f"{name} one"), Example(name, f"{name} two")])
        repository.commit(branch)
    assert repository.git("merge", "-q", "--no-edit", "one")
    assert {"gift_wrapping", "parcel_shop"} <= set(domain.intents(repository.root / "domain.yml"))
    rules = (repository.root / "data" / "rules" / "kinds.yml").read_text("utf-8")
    assert "- intent: gift_wrapping" in rules and "- intent: parcel_shop" in rules


def test_a_move_on_one_branch_and_labels_on_the_other_merge(repository: Repository) -> None:
    example = repository.nlu.examples()[100]
    assert repository.git("checkout", "-q", "-B", "one", "main")
    repository.nlu.move([Example("thanks", example.text)])
    repository.commit("one")
    repository.branch("other", a_day_each(3, 20)[0])
    assert repository.git("merge", "-q", "--no-edit", "one")
    assert [one.intent for one in repository.nlu.examples() if one.text == example.text] == [
        "thanks"
    ]
