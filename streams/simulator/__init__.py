"""A believable credit-card book as a stream of input records, without any I/O."""

from streams.simulator.records import SimulatedRecord
from streams.simulator.roll_rates import roll_rates
from streams.simulator.simulation import simulate

__all__ = ["SimulatedRecord", "roll_rates", "simulate"]
