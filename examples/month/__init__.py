"""The parts of the example `01_month_of_touches.py`, one file for each question.

`data` and `callbacks` read the input, `people` knows the customers, `plan` says what
should happen, `platform` plays WeCom and the staff, `host` runs the month, and `report`
(with `funnel`, `reasons` and `drawing`) tells what came of it.
"""

from __future__ import annotations
