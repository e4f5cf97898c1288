"""One lane, without I/O: records in, judged and decided, what must be kept and sent out."""
