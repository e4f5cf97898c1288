"""Merchants, places and other words of the simulated book, as ready JSON fragments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from streams.simulator.clock import Floats


class Category(NamedTuple):
    """A merchant category; shares and chances from 0 to 1, sizes relative."""

    mcc: str
    share: float
    size: float
    shops: int
    online: float
    night: float


CATEGORIES: Final = (
    Category("5411", 0.235, 0.8, 400, 0.06, 0.02),  # groceries
    Category("5812", 0.130, 0.7, 500, 0.02, 0.12),  # restaurants
    Category("5814", 0.090, 0.3, 400, 0.05, 0.12),  # fast food
    Category("5541", 0.075, 1.1, 150, 0.00, 0.06),  # fuel
    Category("4111", 0.065, 0.2, 20, 0.30, 0.05),  # local transport
    Category("4121", 0.035, 0.4, 30, 0.70, 0.25),  # taxis
    Category("5912", 0.045, 0.5, 150, 0.10, 0.02),  # pharmacies
    Category("5651", 0.050, 1.6, 200, 0.40, 0.02),  # clothing
    Category("5311", 0.040, 1.8, 40, 0.20, 0.01),  # department stores
    Category("5732", 0.018, 4.0, 60, 0.50, 0.03),  # electronics
    Category("5200", 0.020, 2.2, 40, 0.15, 0.01),  # home supplies
    Category("5816", 0.030, 0.4, 25, 1.00, 0.20),  # games and media
    Category("5968", 0.040, 0.4, 25, 1.00, 0.10),  # subscriptions
    Category("4814", 0.025, 0.9, 10, 0.80, 0.02),  # telephone
    Category("4900", 0.020, 2.4, 15, 0.80, 0.01),  # utilities
    Category("7011", 0.014, 5.0, 120, 0.60, 0.03),  # hotels
    Category("4511", 0.010, 8.0, 20, 0.95, 0.05),  # airlines
    Category("8062", 0.010, 3.0, 30, 0.10, 0.03),  # hospitals
    Category("5813", 0.025, 0.6, 120, 0.00, 0.45),  # bars
    Category("5944", 0.006, 6.0, 30, 0.15, 0.01),  # jewellery
    Category("5933", 0.002, 2.0, 10, 0.00, 0.01),  # pawn shops
    Category("7995", 0.005, 1.5, 25, 0.85, 0.45),  # gambling
    Category("6011", 0.010, 2.5, 60, 0.00, 0.10),  # cash from machines
)
CODE: Final = {category.mcc: code for code, category in enumerate(CATEGORIES)}
CASH: Final = CODE["6011"]
GAMBLING: Final = CODE["7995"]
JEWELLERY: Final = CODE["5944"]
PAWN: Final = CODE["5933"]

SHARES: Final[Floats] = np.array([c.share for c in CATEGORIES])
SIZES: Final[Floats] = np.array([c.size for c in CATEGORIES])
SHOPS: Final = np.array([c.shops for c in CATEGORIES], np.int64)
FIRST_SHOP: Final = np.concatenate([[0], np.cumsum(SHOPS)[:-1]]).astype(np.int64)
ONLINE: Final[Floats] = np.array([c.online for c in CATEGORIES])
NIGHT: Final[Floats] = np.array([c.night for c in CATEGORIES])
MERCHANT_FRAGMENTS: Final = [
    f',"merchant_id":"m{c.mcc}-{shop:03d}","mcc":"{c.mcc}"' for c in CATEGORIES for shop in range(c.shops)
] + [""]
NO_MERCHANT: Final = -1
"""Index of the last fragment: fees and interest have no merchant."""

TYPES: Final = ("purchase", "cash_advance", "refund", "fee", "interest")
PURCHASE, CASH_ADVANCE, REFUND, FEE, INTEREST = range(5)
SIGNS: Final = np.array([1, 1, -1, 1, 1], np.int64)
"""What a transaction type does to the balance."""

HOME_CITIES: Final = ("Berlin", "Hamburg", "München", "Köln", "Frankfurt", "Leipzig", "Dresden", "Bremen")
ABROAD: Final = (
    ("PL", "Warszawa"),
    ("FR", "Paris"),
    ("ES", "Barcelona"),
    ("IT", "Milano"),
    ("GB", "London"),
    ("US", "New York"),
    ("TR", "Istanbul"),
    ("AE", "Dubai"),
)
FRAUD_PLACE: Final = len(HOME_CITIES) + 5
PLACES: Final = tuple(("DE", city) for city in HOME_CITIES) + ABROAD
CHANNELS: Final = ("pos", "online", "atm", "other")
POS, ONLINE_CHANNEL, ATM, OTHER = range(4)
PLACE_FRAGMENTS: Final = [
    f',"channel":"{channel}","country":"{country}"' + ("" if channel == "online" else f',"city":"{city}"')
    for channel in CHANNELS
    for country, city in PLACES
] + [',"channel":"other"', ""]
NO_PLACE: Final = -1

# Chance of each hour of the day, in daylight trades and in night trades (UTC; the book lives near it).
_DAYLIGHT = (1, 0.5, 0.3, 0.2, 0.3, 1, 3, 6, 9, 9, 9, 10, 12, 11, 9, 8, 9, 12, 13, 11, 8, 5, 3, 2)
_NIGHT = (10, 9, 8, 7, 6, 3, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 2, 3, 4, 6, 8, 10, 10)
HOURS_DAYLIGHT: Final[Floats] = np.cumsum(_DAYLIGHT) / np.sum(_DAYLIGHT)
HOURS_NIGHT: Final[Floats] = np.cumsum(_NIGHT) / np.sum(_NIGHT)
WEEKDAYS: Final[Floats] = np.array([0.9, 0.9, 0.95, 1.0, 1.2, 1.35, 0.8])
"""Relative traffic, Monday to Sunday."""

OUTCOMES: Final = ("charged_off", "fraud_confirmed", "cured", "false_alarm")
CHARGED_OFF, FRAUD_CONFIRMED, CURED, FALSE_ALARM = range(4)
STATUSES: Final = ("active", "blocked", "closed")
ACTIVE, BLOCKED, CLOSED = range(3)
EXEMPTIONS: Final = ("", "dispute", "hardship", "deceased", "staff_hold", "fraud_case")
FRAUD_CASE: Final = 5
PAYERS: Final = ("holder", "third_party", "unknown", "")
HOLDER, THIRD_PARTY, UNKNOWN_PAYER, NO_PAYER = range(4)
PAYMENT_CHANNELS: Final = ("transfer", "direct_debit", "branch", "app")
