"""What stands between two fresh environments and a running system: one file per step."""

from server.prepare.secrets import write_secrets
from server.prepare.steps import PrepareFailed, prepare

__all__ = ["PrepareFailed", "prepare", "write_secrets"]
