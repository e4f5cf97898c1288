"""Every number that shapes the simulated book, in one place, each with its reason.

Money is in minor units; rates are shares a month unless said otherwise.
"""

from __future__ import annotations

from typing import Final

# -- arrears -------------------------------------------------------------------------------------------------
# Share of cardholders in a bucket of days past due at one month's end that are in the next bucket at the next
# month's end. Measured on a public credit record set; deep buckets roll on, shallow ones hardly.
ROLL_RATES: Final[dict[str, float]] = {
    "1-29": 0.019,
    "30-59": 0.052,
    "60-89": 0.303,
    "90-119": 0.589,
    "120-149": 0.665,
}
BUCKET_STARTS: Final = (1, 30, 60, 90, 120, 150)
"""First day past due of each bucket; the last is open."""

# How strongly stress decides who of a bucket rolls on (log-odds per unit); the average is ROLL_RATES.
# Early steps choose by stress (that makes risk predictable); deep in arrears nearly everybody is stressed.
ROLL_STRESS: Final = (0.95, 0.7, 0.4, 0.2, 0.1)
# What the others do: stay in the bucket by paying one minimum a month, step down one, or pay up.
# 30-59 is sticky ("always one month behind"): at 5.2 % only a lasting stock can feed the deeper buckets.
ROLL_STAY: Final = (0.0, 0.66, 0.60, 0.45, 0.50)
ROLL_STEP_DOWN: Final = (0.0, 0.10, 0.15, 0.15, 0.15)
TOUCHES_SIXTY: Final = 0.32
"""Share of those 30-59 days past due at a month's end who pay next month, but only days after passing 60."""
TOUCHES_STRESS: Final = 0.8
"""Growth of that chance per unit of stress, in log-odds."""

HABIT_SHARE: Final = 0.45
"""Share of habitual late payers: they pay some days after the due date, when the salary comes."""
HABIT_ENTERS: Final = 0.38
HABIT_STAYS: Final = 0.66
FORGETS: Final = 0.020
"""Others who miss a due date in a month, at no stress."""
FORGETS_STRESS: Final = 1.0
"""Growth of that chance per unit of stress, in log-odds."""
FORGETS_STAYS: Final = 0.15
FORGETS_STAYS_STRESS: Final = 0.18
"""Growth of that chance per unit of stress."""
BURN_IN_MONTHS: Final = 30
"""Hidden months before the first record, so that arrears begin near their steady state."""
CHARGE_OFF: Final = 0.75
"""Share of those 150+ days past due that are written off in a month."""

# -- trouble -------------------------------------------------------------------------------------------------
TROUBLE_ONSET: Final = 0.009
TROUBLE_FRAGILITY: Final = 0.8
"""Growth of the onset chance per standard deviation of fragility, in log-odds."""
TROUBLE_KINDS: Final = (0.35, 0.45, 0.20)
"""Job loss, over-borrowing, repayment ring."""
TROUBLE_ENDS: Final = 0.10
TROUBLE_STRESS: Final = 2.6
"""Stress that full trouble tends to, over TROUBLE_RAMP months: signs come before missed payments."""
TROUBLE_RAMP: Final = 4.0
STRESS_MEMORY: Final = 0.55
STRESS_NOISE: Final = 0.35
STRESS_FRAGILITY: Final = 0.25

# -- money ---------------------------------------------------------------------------------------------------
INCOME_MEDIAN: Final = 320_000
INCOME_SPREAD: Final = 0.45
LIMIT_STEP: Final = 50_000
SEGMENTS: Final = (0.47, 0.44, 0.09)
"""Transactors (pay in full), revolvers, minimum payers."""
MINIMUM_SHARE: Final = 0.05
MINIMUM_FLOOR: Final = 2_500
INTEREST: Final = 0.016
LATE_FEE: Final = 1_500
CASH_FEE: Final = 0.03
DUE_AFTER_DAYS: Final = 20
# Due days of the month: 4..27, so that a missed month always moves days past due from one bucket into the
# next, however long the month. Statements come 20 days earlier: on the 1st-7th or the 12th-30th.
DUE_EARLY_CYCLE: Final = (21, 27)
DUE_LATE_CYCLE: Final = (4, 19)
EARLY_CYCLE_SHARE: Final = 0.6
NEW_ACCOUNT_SHARE: Final = 0.06
"""Share of the book that opens its account in the course of the run (spread evenly over the months)."""

# -- lateness: share of records that arrive late, longest delay in hours (contract 2.5 allows 168, or 840) ---
LATE: Final[dict[str, tuple[float, float]]] = {
    "accounts": (0.004, 48.0),
    "bureau-queries": (0.010, 240.0),
    "repayments": (0.006, 144.0),
    "transactions": (0.006, 120.0),
    "outcomes": (0.010, 72.0),
    "control": (0.0, 0.0),
}
LATE_LEAST_HOURS: Final = 0.05
