"""Text to vector with onnxruntime and tokenizers, the same in both Pythons (3.10 and 3.11).

Serving needs `Encoder` only. `encoder.export`, which makes the files that it reads, needs torch and
runs in the 3.11 environment alone.
"""

from encoder.ahead import Ahead
from encoder.encoder import Encoder
from encoder.errors import EncoderError

__all__ = ["Ahead", "Encoder", "EncoderError"]
