# %% [markdown]
# # A month of touches · 一个月的触达
#
# A cosmetics shop runs December 2026 with privflow. The input is recorded: 4,906 orders
# of 995 customers, callbacks of WeChat and WeCom, answers of `externalcontact/get`. The
# orders are of 2004 to 2006 (one is of 2001); their dates move by exactly twenty years,
# and each gets a seeded time of day. What is made up (consents, phone numbers, who is a
# friend, how WeCom and the customers answer) is made up in `month/people.py` and
# `month/platform.py`, the same in every run.
#
# `python examples/01_month_of_touches.py [--out DIR] [--orders CSV]` prints what
# happened and writes `month.html`, one page that needs nothing else.
#
# privflow itself reads and writes no file and no clock: this example is the host.

# %%
"""Runs a month of touches on recorded orders and callbacks, and tells what came of it.

The dates of the orders are moved by exactly twenty years, to 2024 until 2026.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import privflow as pf

FOLDER = Path(__file__).resolve().parent if "__file__" in globals() else Path.cwd()
sys.path.insert(0, str(FOLDER))  # so that a notebook finds the parts as well

from month import callbacks, data, host, people, plan, report

# %% [markdown]
# ## What is asked for
#
# A notebook passes arguments of its own, so they are read in a script alone.

# %%
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=FOLDER / "out", metavar="DIR")
parser.add_argument(
    "--orders", type=Path, default=FOLDER / "data" / "orders.csv", metavar="CSV"
)
options = parser.parse_args(None if "__file__" in globals() else [])


def show_progress(share: float) -> None:
    """Draw a bar on a terminal, and nothing where the output is kept."""
    if sys.stderr.isatty():
        done = round(share * 30)
        bar = "█" * done + "░" * (30 - done)
        end = "\n" if share >= 1 else ""
        sys.stderr.write(f"\r2026-12  {bar} {share:4.0%}{end}")
        sys.stderr.flush()


# %% [markdown]
# ## Read the input
#
# A broken row never stops the run: it is left out, and reported with its line number,
# its field, the problem and a hint.

# %%
try:
    orders = data.read_orders(options.orders)
except OSError as error:
    parser.error(f"cannot read the orders: {error}")
heard = callbacks.read_callbacks(FOLDER / "data" / "wechat_callbacks.json")
answers = callbacks.read_answers(FOLDER / "data" / "wecom_external_contact.json")
everybody = people.people_of(orders.rows, answers.contacts, heard.events)

# %% [markdown]
# ## Run the month
#
# The history until November goes into each contact's state by `observing`. From
# December 1 on the host hands every order, message and receipt to the engine at its own
# instant, and wakes each contact when its state asks for it.

# %%
engine = pf.Engine(plan.PLAN)
month = host.live_through(engine, everybody, progress=show_progress)

# %% [markdown]
# ## Tell what came of it

# %%
story = report.Story(
    orders=orders, callbacks=heard, answers=answers, month=month, engine=engine
)
print(report.printed(story))

options.out.mkdir(parents=True, exist_ok=True)
written = options.out / "month.html"
written.write_text(report.page(story), encoding="utf-8", newline="\n")
print(f"\nreport: {written.name} in the folder {options.out.name}")
