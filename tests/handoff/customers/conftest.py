from tests.handoff.cases.conftest import app, begin, desk, person, sign

__all__ = ["app", "begin", "desk", "person", "sign"]
