"""How Hypothesis runs here: the same examples every time, and no clock.

`pytest --hypothesis-profile=explore` looks for new counterexamples instead.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A shared, slow machine is no reason for a property to fail.
_CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("steady", _CALM, derandomize=True)
settings.register_profile("explore", _CALM, max_examples=2_000)
settings.load_profile("steady")
