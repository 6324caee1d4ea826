"""How Hypothesis looks for counterexamples here."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no reason to fail: these tests are about answers, not about time.
settings.register_profile("easel", deadline=None)
settings.load_profile("easel")
