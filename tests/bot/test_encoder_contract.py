"""The encoder's contract on Rasa's Python."""

from __future__ import annotations

from tests.contracts.encoder_contract import EncoderContract, copied_folder, encoder

__all__ = ["copied_folder", "encoder"]


class TestEncoderOnRasasPython(EncoderContract):
    pass
