"""A vector on its way from one process to the other, so that a text is encoded once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoder.errors import EncoderError

#: How far from 1 a vector's length may be; float32 rounding leaves 1e-7.
LENGTH_TOLERANCE = 1e-3
_LITTLE_ENDIAN = np.dtype("<f4")


def pack(checksum: str, vector: NDArray[np.float32]) -> dict[str, str]:
    """Return the vector as JSON holds it, with the checksum of the encoder that made it."""
    values = vector.astype(_LITTLE_ENDIAN).tobytes()
    return {"encoder": checksum, "values": base64.b64encode(values).decode()}


def unpack(packed: Mapping[str, Any], dimension: int) -> NDArray[np.float32]:
    """Return the vector, shape (dimension,).

    Raises:
        EncoderError: it is none of this dimension and of length 1.
    """
    try:
        values = base64.b64decode(packed["values"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise EncoderError("a vector's values are base64") from error
    if len(values) != dimension * _LITTLE_ENDIAN.itemsize:
        raise EncoderError(f"a vector of {dimension} values was expected, got {len(values)} bytes")
    vector = np.frombuffer(values, _LITTLE_ENDIAN).astype(np.float32)
    if not abs(float(np.linalg.norm(vector)) - 1.0) <= LENGTH_TOLERANCE:
        raise EncoderError("a vector has length 1")
    return vector
