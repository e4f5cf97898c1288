"""Thirty thousand real cardholders ("Default of credit card clients", UCI, CC BY 4.0) as input records."""

from streams.taiwan.reading import TaiwanFormatError
from streams.taiwan.records import labels, taiwan_records

__all__ = ["TaiwanFormatError", "labels", "taiwan_records"]
