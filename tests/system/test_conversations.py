"""Whole conversations over the real socket, with real processes."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from server.commands.client import Agent, Customer, Frame, Socket

from server.trial import Trial

FIRST_ORDER = ("FW-204411", "ann@example.com")
