"""The Rasa model: trained when what it is made from has changed."""

from __future__ import annotations

import subprocess

from server.prepare.errors import StepFailed
from server.prepare.logs import last_lines
from server.settings import ROOT, Settings
from server.supervise.serving import model_path, model_to_serve
from server.supervise.specs import BOT_PYTHON, rasa_environment


class Model:
    name = "model"
    title = "Rasa model"

    def is_done(self, settings: Settings) -> bool:
        return model_to_serve(settings) is not None

    def do(self, settings: Settings) -> str:
        target = model_path(settings)
        target.parent.mkdir(parents=True, exist_ok=True)
        log = settings.var / "logs" / "train.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        # A training that is broken off must not leave a file under the final name.
        draft = target.with_name(f"training-{target.name}")
        draft.unlink(missing_ok=True)
        with log.open("w") as file:
            status = subprocess.run(  # noqa: S603 - our own words
                [str(BOT_PYTHON), "-m", "bot.train", "--out", str(draft)],
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env=rasa_environment(settings),
                check=False,
            ).returncode
        if status != 0 or not draft.is_file():
            draft.unlink(missing_ok=True)
            raise StepFailed(
                f"the training ended with status {status}",
                "Mend what the lines above name (`rasa data validate` finds most mistakes in "
                f"data/ and domain.yml), then run the same command again; the whole log is {log}.",
                last_lines(log),
            )
        draft.replace(target)
        return "trained"
